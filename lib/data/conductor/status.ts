import { RecordState } from "../journal/record-state";
import type { DataStatus, ReleaseSpec } from "../protocol";
import { readSchemaState } from "../journal/schema-state";
import type { Context } from "./context";
import { isWatched } from "./guardian-sign";
import { ownerAlive } from "./record";

/** What holds in the database, what is open, and which command comes next. Read-only. */
export async function status(context: Pick<Context, "spec" | "store" | "journal">): Promise<DataStatus> {
  const state = RecordState.from(await context.journal.newestRecord());
  const holds = await readSchemaState(context.store.ledger);
  const alive = await ownerAlive(context as Context);
  const open = state && !state.closed ? state : undefined;
  return {
    ...(holds ? { schema: holds.version, hash: holds.hash } : {}),
    writes: open?.fence ? "closed" : "open",
    ...(open
      ? {
          open: {
            id: open.id,
            release: open.opened.release,
            stage: open.stage,
            ownerAlive: alive,
            ...((await isWatched(context)) && { guarded: true }),
          },
        }
      : {}),
    ...(state?.closed ? { last: state.closed } : {}),
    ...next(open, alive, context.spec, holds?.hash),
  };
}

function next(
  open: RecordState | undefined,
  alive: boolean,
  spec: ReleaseSpec,
  hash?: string,
): Pick<DataStatus, "next"> {
  if (open && alive) return {};
  if (open) return { next: `slipway data resume ${spec.environment}` };
  return hash === spec.hash ? {} : { next: "pulumi up" };
}
