import { Client, type QueryResultRow } from "pg";

/** Runs with one connection. @param within milliseconds in which the server must take it; by default it has all the time. */
export async function connected<Result>(
  uri: string,
  work: (client: Client) => Promise<Result>,
  within = 0,
): Promise<Result> {
  const client = new Client({ connectionString: uri, connectionTimeoutMillis: within });
  // A server that is killed cuts the connection; whoever waits for an answer hears of it there.
  client.on("error", () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Rows of one statement. */
export async function rowsOf<Row extends QueryResultRow>(
  uri: string,
  statement: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  return connected(uri, async (client) => (await client.query<Row>(statement, [...values])).rows);
}
