import type { Client } from "pg";
import type { ChangesSeen } from "../preview/changes-seen";
import type { PlannedCollection } from "../preview/data-plan";
import { valueChanges } from "../preview/field-changes";
import { safeValue } from "../preview/safe-value";
import type { OneDatabase } from "./one-database";
import { type Row, rowChanges } from "./row-changes";
import { plain, type Table, tablesOf } from "./tables";
import type { Tried } from "./trial";

type Counts = Pick<PlannedCollection, "added" | "changed" | "removed">;

/** What the migration made of each table, row by row where its content is another; fields and examples go to `seen`. */
export async function compare(
  { server, database, names }: OneDatabase,
  { before, after }: Tried,
  seen: ChangesSeen,
): Promise<readonly PlannedCollection[]> {
  const inSnapshot = <Result>(name: string, run: (client: Client) => Promise<Result>): Promise<Result> =>
    server.with(name, async (client) => {
      await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
      return run(client);
    });
  return inSnapshot(names.base, (old) =>
    inSnapshot(names.next, async (next) => {
      const [olds, nexts] = [await byName(old), await byName(next)];
      const collections: PlannedCollection[] = [];
      for (const table of [...new Set([...before.keys(), ...after.keys()])].sort()) {
        const collection = `${database}.${table}`;
        const documentsBefore = before.get(table)?.rows ?? 0;
        const [was, is] = [olds.get(table), nexts.get(table)];
        const counts = { added: after.get(table)?.rows ?? 0, changed: 0, removed: documentsBefore };
        const same = before.get(table)?.hash === after.get(table)?.hash;
        const found =
          was && is
            ? same
              ? { ...counts, added: 0, removed: 0 }
              : await walk({ client: old, table: was }, { client: next, table: is }, collection, seen)
            : counts;
        collections.push({
          collection,
          ...found,
          documentsBefore,
          tried: documentsBefore,
          invalid: 0,
          fields: [],
        });
      }
      return collections;
    }),
  );
}

async function byName(client: Client): Promise<ReadonlyMap<string, Table>> {
  return new Map((await tablesOf(client)).map((table) => [plain(table), table]));
}

async function walk(
  old: Parameters<typeof rowChanges>[0],
  next: Parameters<typeof rowChanges>[1],
  collection: string,
  seen: ChangesSeen,
): Promise<Counts> {
  let [added, changed, removed] = [0, 0, 0];
  for await (const { before, after } of rowChanges(old, next)) {
    if (!before) added += 1;
    else if (!after) removed += 1;
    else {
      changed += 1;
      seen.note(
        collection,
        () => identity(after),
        valueChanges(JSON.parse(before.values), JSON.parse(after.values)),
      );
    }
  }
  return { added, changed, removed };
}

function identity({ id }: Row): string {
  return safeValue(JSON.parse(id), []);
}
