import type { Context, PreparedProcess, ProcessNeeds } from "../conductor/context";
import type { Store } from "./store";

/** What the parts of a pass over MongoDB have at hand. */
export interface MongoContext extends Omit<Context, "store"> {
  readonly store: Store;
  /** How documents are migrated and validated. */
  readonly process: PreparedProcess & { readonly needs: ProcessNeeds };
}
