import type { DumpStorage } from "../dump/storage";
import { idText } from "../document-id";
import { BsonReader } from "../validation/bson-values";
import { RemovedReport } from "./removed-report";
import type { RemovedDocument } from "./report";
import type { Tally } from "./tally";
import type { Version } from "./version";

/** Documents of the source that are in no collection any more, each with its reason. */
export class Losses {
  readonly #reasons = new Map<string, { documents: number; readonly reason: string }>();
  readonly goneIds = new Set<string>();
  /** SHA-256 of the file with all of them, where they are many. */
  fileHash: string | undefined;

  private constructor(private readonly removed: RemovedReport) {}

  /** @param reports where all of them are listed when they are more than a report holds. */
  static async read(version: Version, tally: Tally, reports: DumpStorage): Promise<Losses> {
    const removed = new RemovedReport(reports);
    try {
      const losses = await Losses.#readInto(new Losses(removed), version, tally);
      losses.fileHash = await removed.close();
      return losses;
    } catch (error) {
      await removed.abandon();
      throw error;
    }
  }

  static async #readInto(losses: Losses, version: Version, tally: Tally): Promise<Losses> {
    const reader = new BsonReader();
    for await (const { original, reason } of version.losses()) {
      const { collection, bytes } = original;
      tally.addLoss(collection, bytes);
      const known = losses.#reasons.get(collection);
      if (known) known.documents += 1;
      else losses.#reasons.set(collection, { documents: 1, reason });
      await losses.removed.add({ collection, id: idText(bytes), reason });
      const { id } = reader.read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      if (typeof id === "string") losses.goneIds.add(id);
    }
    return losses;
  }

  get first(): readonly RemovedDocument[] {
    return this.removed.first;
  }

  get total(): number {
    return this.removed.total;
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
