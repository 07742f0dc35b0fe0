import type { Client } from "pg";
import type { PostgresServer } from "./server";

/** Runs over items with several sessions at the same time, each with the next item; the first failure stops them all. */
export async function sideBySide<Item, Result>(
  { server, database, jobs, snapshot }: Sessions,
  items: readonly Item[],
  run: (client: Client, item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  let next = 0;
  let failed = false;
  const worker = async (): Promise<void> =>
    server.with(database, async (client) => {
      await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
      if (snapshot !== undefined) await client.query(`SET TRANSACTION SNAPSHOT '${snapshot}'`);
      for (let at = next++; at < items.length && !failed; at = next++)
        results[at] = await run(client, items[at] as Item);
      await client.query("COMMIT");
    });
  const workers = Array.from({ length: Math.min(jobs, items.length) }, () =>
    worker().catch((error: unknown) => {
      failed = true;
      throw error;
    }),
  );
  const ended = await Promise.allSettled(workers);
  for (const end of ended) if (end.status === "rejected") throw end.reason;
  return results;
}

/** Sessions on one database, all on one snapshot where there is one. */
export interface Sessions {
  readonly server: PostgresServer;
  readonly database: string;
  readonly jobs: number;
  readonly snapshot?: string;
}
