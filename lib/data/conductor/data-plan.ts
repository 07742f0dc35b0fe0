import { tmpdir } from "node:os";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { Refusal } from "../../problem";
import type { DataPlan } from "../protocol";
import { readLock } from "../journal/lock";
import { MongoSource } from "../store/mongo-source";
import type { Context } from "./context";
import { planFence, planRelease, type ReleasePlan } from "./plan";

/** What the release would do to the data: the real run over the data as it is, and nothing written (rule X2). */
export async function planData(context: Context): Promise<DataPlan> {
  const to = context.spec.schema.version;
  let plan: ReleasePlan;
  try {
    plan = await planRelease(context, ((await readLock(context.store.db))?.token ?? 0) + 1);
    if (plan.way.kind === "forward" || plan.way.kind === "back") await planFence(context);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ...empty(to, to), problems: error.problems };
  }
  const { process, from } = plan;
  return process ? tried(context, plan, process) : empty(from, to);
}

async function tried(
  { store, reporter }: Context,
  { from, to }: ReleasePlan,
  { run, needs }: NonNullable<ReleasePlan["process"]>,
): Promise<DataPlan> {
  const migrations = needs.chain.map(({ id, hash }) => ({ id, hash }));
  const folder = await mkdtemp(join(tmpdir(), "slipway-plan-"));
  try {
    const report = await run({
      ...needs,
      source: new MongoSource(store.db),
      reportFile: join(folder, "invalid.ndjson"),
      progress: (done) => {
        reporter.progress(done, Math.max(done, 1), "documents");
      },
    });
    const { documentsBefore } = report.totals;
    return {
      schema: { from, to },
      migrations,
      tried: { documents: documentsBefore, of: documentsBefore },
      collections: report.collections,
      invalid: report.invalid,
      problems: [],
    };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ...empty(from, to), migrations, problems: error.problems };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function empty(from: string, to: string): DataPlan {
  return {
    schema: { from, to },
    migrations: [],
    tried: { documents: 0, of: 0 },
    collections: [],
    invalid: [],
    problems: [],
  };
}
