import type { Context } from "../conductor/context";
import { Refusal } from "../../problem";
import type { Fence, SavedFence } from "./fence";

/** The fence that a record was closed with. */
export function fenceOf({ store, cluster }: Context, { how }: SavedFence): Fence {
  const fence = store.fences(cluster).find((one) => one.how === how);
  if (!fence || (how === "scale" && !cluster)) {
    throw new Refusal("opening writes", [
      {
        where: "cluster",
        found: `writes were closed by ${how}, and no cluster to open them again`,
        allowed: "the config with which they were closed",
        mend: "name the cluster in the stack's config",
      },
    ]);
  }
  return fence;
}
