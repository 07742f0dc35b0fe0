import type { MongoClient } from "mongodb";
import { Refusal } from "../../problem";

/** What a router of a sharded cluster says of itself, and no other server. */
const router = "isdbgrid";

/** @throws Refusal on a sharded cluster: a release is put in place by renames, and those across shards are not proven. */
export async function refuseSharded(client: MongoClient): Promise<void> {
  const { msg } = await client.db("admin").command({ isMaster: 1 });
  if (msg !== router) return;
  throw new Refusal("database", [
    {
      where: "slipway:data.store.uri",
      found: "a router of a sharded cluster",
      allowed: "a replica set or a single server: what a release renames must lie in one place",
      mend: "docs/scale.md says what is done instead",
    },
  ]);
}
