import { idText } from "../document-id";
import { BsonReader } from "../validation/bson-values";
import { bound, type RemovedDocument } from "./report";
import type { Tally } from "./tally";
import type { Version } from "./version";

/** Documents of the source that are in no collection any more, each with its reason. */
export class Losses {
  readonly #first: RemovedDocument[] = [];
  readonly #reasons = new Map<string, { documents: number; readonly reason: string }>();
  readonly goneIds = new Set<string>();
  total = 0;

  private constructor() {
    // Only `read` makes one.
  }

  static async read(version: Version, tally: Tally): Promise<Losses> {
    const losses = new Losses();
    const reader = new BsonReader();
    for await (const { original, reason } of version.losses()) {
      const { collection, bytes } = original;
      tally.addLoss(collection, bytes);
      losses.total += 1;
      const known = losses.#reasons.get(collection);
      if (known) known.documents += 1;
      else losses.#reasons.set(collection, { documents: 1, reason });
      if (losses.#first.length < bound) losses.#first.push({ collection, id: idText(bytes), reason });
      const { id } = reader.read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      if (typeof id === "string") losses.goneIds.add(id);
    }
    return losses;
  }

  get first(): readonly RemovedDocument[] {
    return this.#first;
  }

  deletedCollections(
    names: readonly string[],
  ): readonly { readonly collection: string; readonly documents: number; readonly reason: string }[] {
    return names.map((collection) => ({
      collection,
      ...(this.#reasons.get(collection) ?? {
        documents: 0,
        reason: "the migration deleted the collection, which was empty",
      }),
    }));
  }
}
