import type { MongoClient } from "mongodb";
import type { Context } from "../conductor/context";
import { connect } from "../store/store";
import { Refusal } from "../../problem";
import type { Fence, SavedFence } from "./fence";
import { RolesFence } from "./roles";
import { ScaleFence } from "./scale";
import { WriteBlockFence } from "./write-block";

/** All ways to close writes, the strongest first. */
export function fencesOf({ store, cluster }: Context): readonly Fence[] {
  return [
    new WriteBlockFence(store.client, store.limits.version),
    new RolesFence(store.client, store.db.databaseName),
    new ScaleFence(cluster),
  ];
}

/** The fence that a record was closed with. */
export function fenceOf(context: Context, { how }: SavedFence): Fence {
  const fence = fencesOf(context).find((one) => one.how === how);
  if (!fence || (how === "scale" && !context.cluster)) {
    throw new Refusal("opening writes", [
      {
        where: "cluster",
        found: `writes were closed by ${how}, and no cluster to open them again`,
        allowed: "the config with which they were closed",
        mend: "name the cluster in the stack's config",
      },
    ]);
  }
  return fence;
}

/** Runs with a connection of an ordinary writer, where the config names one. */
export async function withCanary<Result>(
  { spec, secrets }: Context,
  run: (canary: ReturnType<MongoClient["db"]> | undefined) => Promise<Result>,
): Promise<Result> {
  const source = spec.store.canary ?? (spec.store.uri.kind === "embedded" ? spec.store.uri : undefined);
  if (source === undefined) return run(undefined);
  const client = await connect(
    secrets.uri(source, "data.store.canary", "user"),
    "data.store.canary",
    secrets,
  );
  try {
    return await run(client.db(spec.store.database));
  } finally {
    await client.close();
  }
}
