import { BSON, type Document } from "mongodb";
import type { DataProcessor } from "../../lib/data/conductor/context";
import { frames } from "../../lib/data/bson-frames";
import { idText } from "../../lib/data/document-id";
import {
  type Migration,
  MigrationList,
  type ProcessReport,
  type ProcessRequest,
} from "../../lib/data/migrations";
import { OrderFreeHash } from "../../lib/data/order-free-hash";
import type { CollectionChange, InvalidDocument } from "../../lib/data/protocol";

/** What the tests' own migration does to one document; `undefined` where a document is invalid afterwards. */
export type Transform = (collection: string, document: Document) => Document | undefined;

/** What the tests' own older schema does not allow, where nothing is migrated. */
export type Unfit = (document: Document) => boolean;

/**
 * A processor without schemas and threads, so that the engine's own tests show the engine's own faults.
 * Steps go from 1.0 to 2.0 to 3.0.
 */
export function plainProcessor(transform: Transform, isUnfit: Unfit = () => false): DataProcessor {
  const step = (from: string, to: string): Migration => ({
    id: `plain/${from}-to-${to}`,
    package: "plain",
    from,
    to,
    hash: `sha256:${from}`,
    folder: "/nowhere",
    step: { kind: "empty", reason: "plain" },
  });
  return {
    migrations: () => Promise.resolve(new MigrationList([step("1.0.0", "2.0.0"), step("2.0.0", "3.0.0")])),
    prepare: () => Promise.resolve({ run: process, schemas: { after: "sha256:plain" } }),
  };

  async function process({ chain, source, sink, reports }: ProcessRequest): Promise<ProcessReport> {
    const collections: CollectionChange[] = [];
    const invalid: InvalidDocument[] = [];
    const changed: string[] = [];
    for (const collection of await source.collections()) {
      const before = new OrderFreeHash();
      const after = new OrderFreeHash();
      let changes = 0;
      const next: Uint8Array[] = [];
      for await (const block of source.read(collection)) {
        for (const bytes of frames(block.bytes, collection)) {
          before.add(bytes);
          const old = BSON.deserialize(bytes, { promoteValues: false });
          const made = chain.length === 0 ? old : transform(collection, old);
          const out = made === undefined || made === old ? bytes : BSON.serialize(made);
          if (made === undefined || (chain.length === 0 && isUnfit(old))) {
            const rule = "the tests say so";
            invalid.push({ collection, id: idText(bytes), pointer: "/a", rule, verdict: "made-invalid" });
          }
          if (out !== bytes) changes += 1;
          after.add(out);
          next.push(Buffer.from(out));
        }
      }
      if (changes > 0) {
        changed.push(collection);
        await sink?.begin(collection);
        for (const bytes of next) await sink?.write({ collection, bytes, documents: 1 });
        await sink?.end(collection);
      }
      collections.push({
        collection,
        documentsBefore: before.documents,
        documentsAfter: after.documents,
        added: 0,
        changed: changes,
        removed: 0,
        hashBefore: before.toString(),
        hashAfter: after.toString(),
      });
    }
    const sum = (of: (change: CollectionChange) => number): number =>
      collections.reduce((total, change) => total + of(change), 0);
    const totals = {
      documentsBefore: sum(({ documentsBefore }) => documentsBefore),
      documentsAfter: sum(({ documentsAfter }) => documentsAfter),
      invalidBefore: 0,
      madeInvalid: invalid.length,
      mended: 0,
      removed: 0,
      dangling: 0,
    };
    const none = {
      created: [],
      renamed: [],
      deleted: [],
      unjudged: [],
      removed: [],
      dangling: [],
      idKinds: [],
    };
    return { collections, changed, touched: changed, ...none, invalid, totals, reportFile: reports.where() };
  }
}
