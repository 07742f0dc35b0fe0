import { BSON } from "mongodb";
import { blockInserter } from "../../lib/data/store/raw-insert";
import { GeneratedSet } from "../../tools/dataset/generate";
import { withClient } from "./server";

/** Small ones, which every collection of NMDC's could be told apart from: most of the documents, none of the migration. */
export const small = "functional_annotation_agg";
/** Documents of every collection of NMDC's. */
export const others = new GeneratedSet(4_000);
const atOnce = 5_000;

export async function fillOthers(uri: string, database: string): Promise<void> {
  const insert = blockInserter();
  await withClient(uri, async (client) => {
    for (const collection of await others.collections())
      for await (const block of others.read(collection)) await insert(client.db(database), collection, block);
  });
}

/** Small documents until there are so many in all; all different, by what they count. */
export async function fillUpTo(uri: string, database: string, documents: number): Promise<void> {
  const count = documents - (await totalOf(uri, database));
  const [example] = others.generate(small);
  const insert = blockInserter();
  await withClient(uri, async (client) => {
    for (let from = 0; from < count; from += atOnce) {
      const length = Math.min(atOnce, count - from);
      const parts = Array.from({ length }, (_, at) =>
        BSON.serialize({ _id: from + at, ...example, count: from + at + 1 }),
      );
      const block = { collection: small, bytes: Uint8Array.from(Buffer.concat(parts)), documents: length };
      await insert(client.db(database), small, block);
    }
  });
}

export function totalOf(uri: string, database: string): Promise<number> {
  return withClient(uri, async (client) => {
    const names = await others.collections();
    const counts = names.map((name) => client.db(database).collection(name).countDocuments());
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  });
}
