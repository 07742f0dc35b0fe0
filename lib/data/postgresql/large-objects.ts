import type { Client } from "pg";
import { row } from "./server";

/** Hash over all large objects, which tell of no writes by themselves; empty where there are none. */
export async function largeObjectsHash(client: Client): Promise<string> {
  const found = await row<{ hash: string | null }>(
    client,
    `SELECT count(*) || ' ' || sum(hashtextextended(oid::text || md5(lo_get(oid)), 0)) AS hash FROM pg_largeobject_metadata`,
  );
  return found?.hash ?? "";
}
