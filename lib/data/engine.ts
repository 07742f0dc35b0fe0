import { Cluster } from "./cluster/cluster";
import { conclude } from "./conductor/conclude";
import { confirm } from "./conductor/confirm";
import type { Context, DataProcessor, EngineOptions } from "./conductor/context";
import { guard } from "./conductor/guard";
import { planData } from "./conductor/data-plan";
import { decide, openRecordState } from "./conductor/record";
import { release } from "./conductor/release";
import { rollback } from "./conductor/rollback";
import { cleanUp } from "./conductor/clean-up";
import { Dumps } from "./conductor/record-storage";
import { Reporter } from "./conductor/reporter";
import type { Signs } from "./conductor/signs";
import { status } from "./conductor/status";
import { switchData } from "./conductor/switch-data";
import { Journal } from "./journal/journal";
import type { EngineEvent, EngineRequest } from "./protocol";
import { Secrets } from "./secrets";
import type { DataStore } from "./conductor/data-store";
import { openStore } from "./open-store";

/** What a run needs from the place where it runs. */
export interface Surroundings {
  readonly emit: (event: EngineEvent) => void;
  readonly signs: Signs;
  readonly processor: DataProcessor;
  readonly options: EngineOptions;
}

/**
 * Does what is asked, and says so in events.
 * @returns whether it was done; when not, the last event is `failed` and says why.
 */
export async function runEngine(request: EngineRequest, surroundings: Surroundings): Promise<boolean> {
  const secrets = new Secrets();
  const reporter = new Reporter(surroundings.emit, secrets);
  const { spec } = request;
  let store: DataStore | undefined;
  try {
    store = await openStore(spec.store, secrets);
    const opened = store;
    const context: Context = {
      spec,
      store: opened,
      journal: new Journal(opened.ledger, () => opened.now()),
      secrets,
      dumps: new Dumps(spec.dump, secrets),
      cluster: spec.cluster && new Cluster(spec.cluster, secrets),
      reporter,
      processor: surroundings.processor,
      signs: surroundings.signs,
      options: surroundings.options,
    };
    return await carryOut(request.do, context);
  } catch (error) {
    reporter.failed(error);
    return false;
  } finally {
    surroundings.signs.stop();
    await store?.close().catch(() => undefined);
  }
}

async function carryOut(what: EngineRequest["do"], context: Context): Promise<boolean> {
  switch (what) {
    case "release":
      return (await release(context)).outcome === "released";
    case "switch":
      context.reporter.say({ event: "in-place", record: await switchData(context) });
      return true;
    case "confirm":
      return (await confirm(context)).outcome === "released";
    case "plan":
      context.reporter.say({ event: "plan", plan: await planData(context) });
      return true;
    case "records":
      context.reporter.say({ event: "records", records: await context.journal.records() });
      return true;
    case "resume":
      await settle(context, undefined);
      break;
    case "abort":
      await settle(context, `aborted by ${context.spec.operator}`);
      break;
    case "rollback":
      await rollback(context);
      break;
    case "guard":
      await guard(context);
      break;
    case "clean":
      for (const name of await cleanUp(context)) context.reporter.warn(`dropped ${name}`);
      break;
    case "status":
      break;
  }
  context.reporter.say({ event: "status", status: await status(context) });
  return true;
}

/** Finishes or undoes an open record; asks a living owner to take it back where it shall be aborted. */
async function settle(context: Context, abort: string | undefined): Promise<void> {
  const open = await openRecordState(context);
  if (!open) return;
  if (abort !== undefined)
    await decide(context, open, {
      outcome: open.fence || open.swap ? "rolled-back" : "failed",
      reason: abort,
    });
  await conclude(context, open, abort ?? `its owner died; resumed by ${context.spec.operator}`);
}
