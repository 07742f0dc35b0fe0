import type { MongoClient } from "mongodb";
import type { Context } from "../conductor/context";
import { connect } from "../store/store";
import type { Fence, SavedFence } from "./fence";
import { WriteBlockFence } from "./write-block";

/** All ways to close writes, the strongest first. */
export function fencesOf({ store }: Context): readonly Fence[] {
  return [new WriteBlockFence(store.client)];
}

/** The fence that a record was closed with. */
export function fenceOf(context: Context, { how }: SavedFence): Fence {
  const fence = fencesOf(context).find((one) => one.how === how);
  if (!fence) throw new Error(`writes were closed by ${how}, which needs the cluster's access in the config`);
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
