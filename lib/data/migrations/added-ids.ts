import { type Problem, Refusal } from "../../problem";
import { frames } from "../bson-frames";
import { idBytes, idText } from "../document-id";
import { bound } from "./report";

/** Finds documents of one collection with the same `_id`; only collections that gain documents can have them. */
export class AddedIds {
  readonly #seen = new Set<string>();
  readonly #problems: Problem[] = [];

  constructor(private readonly collection: string) {}

  add(bytes: Uint8Array): void {
    for (const document of frames(bytes, this.collection)) {
      const key = Buffer.from(idBytes(document)).toString("latin1");
      if (!this.#seen.has(key)) this.#seen.add(key);
      else if (this.#problems.length < bound) {
        this.#problems.push({
          where: `${this.collection}, _id ${idText(document)}`,
          found: "two documents with this _id after the migration",
          allowed: "one document for each _id",
          mend: "mend the migration",
        });
      }
    }
  }

  /** @throws Refusal with the duplicates. */
  refuseDuplicates(): void {
    if (this.#problems.length > 0) throw new Refusal(`collection ${this.collection}`, this.#problems);
  }
}
