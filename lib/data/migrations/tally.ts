import { OrderFreeHash } from "../order-free-hash";
import type { CollectionChange } from "../protocol";
import type { BlockFindings } from "../validation/inspect-block";

const digestBytes = 32;

class Row {
  readonly before = new OrderFreeHash();
  readonly after = new OrderFreeHash();
  added = 0;
  changed = 0;
  removed = 0;
}

/**
 * Counts and content hashes of every collection before and after, from one look at the new documents: what is not traced is
 * byte for byte the source's, so its digest counts on both sides.
 */
export class Tally {
  readonly #rows = new Map<string, Row>();

  /** A row that stands even when the collection is empty. */
  row(collection: string): Row {
    const known = this.#rows.get(collection);
    if (known) return known;
    const made = new Row();
    this.#rows.set(collection, made);
    return made;
  }

  /**
   * @param source what the collection is called in the source.
   * @param traced positions of traced documents in the block, in order; with `original` or without.
   * @returns whether the block holds anything that the source does not.
   */
  add(
    collection: string,
    source: string,
    findings: BlockFindings,
    traced: readonly { readonly index: number; readonly original?: unknown }[],
  ): boolean {
    const after = this.row(collection);
    const before = this.row(source);
    const digests = Buffer.from(findings.digests);
    let traceAt = 0;
    let originalAt = 0;
    let differs = collection !== source;
    for (let index = 0; index < findings.documents; index++) {
      const digest = digests.subarray(index * digestBytes, (index + 1) * digestBytes);
      const size = findings.sizes[index] ?? 0;
      after.after.addDigest(digest, size);
      const trace = traced[traceAt]?.index === index ? traced[traceAt++] : undefined;
      if (!trace) {
        before.before.addDigest(digest, size);
        if (collection !== source) moved(before, after);
      } else if (trace.original === undefined) {
        after.added += 1;
        differs = true;
      } else {
        const original = findings.originals[originalAt++];
        if (!original) throw new Error(`no original for document ${index} of ${collection}`);
        const was = this.row(original.collection);
        was.before.addDigest(Buffer.from(original.digest), original.bytes);
        if (was !== after) moved(was, after);
        else if (!original.same) after.changed += 1;
        differs ||= !original.same || was !== after;
      }
    }
    return differs;
  }

  /** A document of the source that no collection holds any more. */
  addLoss(collection: string, bytes: Uint8Array): void {
    const row = this.row(collection);
    row.before.add(bytes);
    row.removed += 1;
  }

  changes(): readonly CollectionChange[] {
    return [...this.#rows]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([collection, row]) => ({
        collection,
        documentsBefore: row.before.documents,
        documentsAfter: row.after.documents,
        added: row.added,
        changed: row.changed,
        removed: row.removed,
        hashBefore: row.before.toString(),
        hashAfter: row.after.toString(),
      }));
  }
}

function moved(from: Row, to: Row): void {
  from.removed += 1;
  to.added += 1;
}
