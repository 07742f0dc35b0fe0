import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, Option } from "commander";
import { cacheDirectory } from "../lib/config/embedded";
import { packageRoot } from "../lib/package-root";
import { Refusal } from "../lib/problem";
import { down, up } from "../tools/environment/environment";
import { progressOn } from "../tools/toolchain/progress";
import { engineBench } from "./engine/engine-bench";
import { timedJob } from "./job";
import { pageSeconds } from "./page";
import { postgresBench } from "./postgresql/postgres-bench";
import { noOp } from "./pulumi/no-op";
import { setUpSeconds } from "./set-up";
import { spreadBench } from "./spread/spread-bench";
import { endToEndSeconds } from "./systems/end-to-end";
import { systemsBench } from "./systems/systems";
import { Verdicts } from "./verdicts";

/** What is promised. Seconds; the last is a ratio. */
const promises = {
  setUpFromNothing: { most: 20 * 60 },
  setUpCached: { most: 60 },
  job: { most: 90 },
  noOp: { most: 1.2 },
  page: { most: 2 },
  endToEnd: { most: 15 * 60 },
} as const;

const parts = ["set-up", "job", "no-op", "systems", "page", "engine", "postgresql", "spread"] as const;
type Part = (typeof parts)[number];

/** `npm run bench`: measures what the program promises; exit code 1 when a promise is missed. */
async function bench(): Promise<void> {
  const program = new Command("npm run bench --")
    .description("Measures what is promised: each figure, its goal, and whether it was reached.")
    .addOption(new Option("--only <part>", "this part alone").choices(parts))
    .option("--set-up", "also the set-up from nothing, with an empty tool cache: takes many minutes")
    .option("--end-to-end", "also the end-to-end tests of the four systems: ten minutes")
    .option("--runs <number>", "runs of a no-op up that count, and rounds of engines and workers", Number, 5)
    .option("--documents <number>", "how many documents workers share", Number, 2_000_000)
    .option("--megabytes <number>", "size of PostgreSQL's database", Number, 1000)
    .parse();
  const { only, setUp, endToEnd, runs, megabytes, documents } = program.opts<{
    only?: Part;
    setUp?: boolean;
    endToEnd?: boolean;
    runs: number;
    megabytes: number;
    documents: number;
  }>();
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      interrupted.abort(new Error(`stopped by ${signal}`));
    });
  }
  const wants = (part: Part): boolean => only === undefined || only === part;

  const verdicts = new Verdicts();
  if (setUp) await fromNothing(verdicts, interrupted.signal);
  if (wants("set-up") || wants("job") || wants("no-op"))
    await onEnvironment(verdicts, wants, runs, interrupted.signal);
  if (wants("spread")) await onNode(verdicts, { documents, count: runs }, interrupted.signal);
  if (wants("systems")) await systemsBench(interrupted.signal);
  if (endToEnd)
    verdicts.atMost(
      "seconds: the four systems' end-to-end tests",
      await endToEndSeconds(interrupted.signal),
      promises.endToEnd,
    );
  if (wants("page"))
    verdicts.atMost(
      "seconds: the environments page of 500 releases",
      await pageSeconds(500, runs),
      promises.page,
    );
  console.log("");
  verdicts.print();
  const engineKept = wants("engine") ? await engineBench(runs) : true;
  const postgresKept = wants("postgresql") ? await postgresBench(runs, megabytes) : true;
  if (!verdicts.kept || !engineKept || !postgresKept) process.exitCode = 1;
}

async function fromNothing(verdicts: Verdicts, signal: AbortSignal): Promise<void> {
  console.log(
    "Set-up from nothing: an empty tool cache of its own. The caches of Go, Maven and pip are left as they are;",
  );
  console.log("where those are empty too, downloads and first compilations come on top.");
  const [state, cache] = [await folder(), await folder()];
  try {
    const seconds = await setUpSeconds(state, cache, signal);
    verdicts.atMost("seconds: set-up with an empty tool cache", seconds, promises.setUpFromNothing);
  } finally {
    await down({ state });
    for (const made of [state, cache]) await rm(made, { recursive: true, force: true });
  }
}

async function onEnvironment(
  verdicts: Verdicts,
  wants: (part: Part) => boolean,
  runs: number,
  signal: AbortSignal,
): Promise<void> {
  const state = await folder();
  process.env["SLIPWAY_STATE"] = state;
  const progress = progressOn(process.stdout);
  try {
    const seconds = await setUpSeconds(state, cacheDirectory(), signal);
    if (wants("set-up"))
      verdicts.atMost("seconds: set-up with the tools cached, servers up", seconds, promises.setUpCached);
    if (!wants("job") && !wants("no-op")) return;
    const environment = await up({ state, progress, signal });
    console.log(`The main job, on a ${environment.node} node and ${environment.mongo.server}:`);
    const job = await timedJob(environment, state, signal);
    if (wants("job")) verdicts.atMost("seconds: the main job after set-up", job.seconds, promises.job);
    if (!wants("no-op")) return;
    const figures = await progress.step(`no-op pulumi up, ${runs} runs of each`, () =>
      noOp(environment, job.system, packageRoot(), state, runs),
    );
    const said = `${figures.ours.toFixed(2)} s, a bare program ${figures.bare.toFixed(2)} s`;
    verdicts.atMost(`times a bare program's no-op up (${said})`, figures.ratio, promises.noOp);
  } finally {
    await down({ state, progress });
    await rm(state, { recursive: true, force: true });
  }
}

async function onNode(
  verdicts: Verdicts,
  size: { readonly documents: number; readonly count: number },
  signal: AbortSignal,
): Promise<void> {
  const state = await folder();
  process.env["SLIPWAY_STATE"] = state;
  try {
    await spreadBench(await up({ state, signal }), state, verdicts, size);
  } finally {
    await down({ state });
    await rm(state, { recursive: true, force: true });
  }
}

function folder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "slip-b"));
}

bench().catch((error: unknown) => {
  console.error(error instanceof Refusal ? error.message : error);
  process.exitCode = 1;
});
