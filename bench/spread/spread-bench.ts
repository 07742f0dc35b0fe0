import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import type { EmbeddedEnvironment } from "../../lib/config/embedded";
import type { ExecutionSpec, ReleaseSpec } from "../../lib/data/protocol";
import type { StageFigures } from "../../lib/data/spread/stage-figures";
import { makeEngineImage } from "../../tools/images/engine/engine-image";
import { makeSharedVolume } from "../../tools/workers/shared-volume";
import { BenchDatabase } from "../engine/bench-database";
import { benchSpec } from "../engine/bench-spec";
import { type ReleaseFigures, timedRelease } from "../timed-release";
import { median } from "../median";
import type { Verdicts } from "../verdicts";

const promises = {
  speedUp: { least: 3.2 },
  overhead: { most: 20 },
  // 150 MB.
  memory: { most: 143 },
} as const;

/** Every worker gets the same fraction of a core, so that two cores can hold four of them beside server and node. */
const fraction = "200m";
const place = { namespace: "spread-bench", claim: "spread-bench" };
const mebibyte = 1024 * 1024;

/** One whole release, and what each of its stages took. */
interface SpreadFigures extends ReleaseFigures {
  readonly stages: readonly StageFigures[];
}

/** The same release in one process, by two workers with a core each, and by four and one with the same fraction of a core. */
interface Round {
  readonly local: SpreadFigures;
  readonly whole: SpreadFigures;
  readonly four: SpreadFigures;
  readonly one: SpreadFigures;
}

/**
 * Workers on the embedded node, all with the same fraction of a core: one release that judges every document, which is what
 * takes processor time, by one worker, by four, and by one process.
 * @param documents how many NMDC-shaped ones; the fewer, the more of the time is what pods take to start.
 * @param count rounds, of which the median counts.
 */
export async function spreadBench(
  environment: EmbeddedEnvironment,
  state: string,
  verdicts: Verdicts,
  { documents, count }: { readonly documents: number; readonly count: number },
): Promise<void> {
  if (environment.node === "played") {
    console.log("workers are pods, and this machine has no real node: not measured");
    return;
  }
  const folder = join(state, "spread-bench");
  await mkdir(folder);
  const config = new KubeConfig();
  config.loadFromFile(environment.kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  await core.createNamespace({ body: { metadata: { name: place.namespace } } });
  await makeSharedVolume(core, { ...place, folder });
  const { repository, digest } = await makeEngineImage(environment.registry);
  const gateway = new URL(environment.mongo.podReleaseUri).hostname;
  const database = await BenchDatabase.start(documents, ["127.0.0.1:0", `${gateway}:0`]);
  const execution: ExecutionSpec = {
    kind: "kubernetes",
    workers: 1,
    image: `${repository}@${digest}`,
    claim: place.claim,
    uri: { kind: "value", value: database.server.uri("slipway").replace("127.0.0.1", gateway) },
    resources: { cpu: fraction, memory: "512Mi" },
    segment: 4,
    within: 3600,
  };
  const release = async (changes?: Partial<ExecutionSpec>): Promise<SpreadFigures> => {
    const spec = specOf(environment, database, folder);
    const figures = await timedRelease(changes ? { ...spec, execution: { ...execution, ...changes } } : spec);
    const stages = await stagesOf(database);
    await database.forgetReleases();
    return { ...figures, stages };
  };
  try {
    const rounds: Round[] = [];
    while (rounds.length < count) {
      const round = {
        local: await release(),
        whole: await release({ workers: 2, resources: { cpu: "1", memory: "512Mi" } }),
        four: await release({ workers: 4 }),
        one: await release({ workers: 1 }),
      };
      tell(round);
      rounds.push(round);
    }
    judge(rounds, verdicts);
  } finally {
    await database.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function tell({ local, whole, four, one }: Round): void {
  console.log(`in one process: ${local.seconds.toFixed(1)} s; by two workers: ${whole.seconds.toFixed(1)} s`);
  for (const [name, { stages }] of Object.entries({
    "2 × 1": whole,
    [`4 × ${fraction}`]: four,
    [`1 × ${fraction}`]: one,
  }))
    for (const stage of stages) console.log(`${name}, ${inWords(stage)}`);
}

/** Each figure is of one round, and the median of all rounds counts. */
function judge(rounds: readonly Round[], verdicts: Verdicts): void {
  const middle = (of: (round: Round) => number): number => median(rounds.map(of));
  verdicts.atLeast(
    `times as fast, 4 workers against 1, ${fraction} each`,
    middle(({ one, four }) => judged(one) / judged(four)),
    promises.speedUp,
  );
  verdicts.atMost(
    "seconds more than in one process",
    middle(({ whole, local }) => whole.seconds - local.seconds),
    promises.overhead,
  );
  verdicts.atMost(
    "MiB of memory of the coordinator",
    Math.max(...rounds.map(({ four }) => four.peak)),
    promises.memory,
  );
}

/** Seconds of the stage in which every document is read and judged: the CPU-bound one. */
function judged({ stages }: SpreadFigures): number {
  return stages.find(({ stage }) => stage === "dump-migrate")?.seconds ?? NaN;
}

function inWords({ stage, seconds, workers, units, bytes, worked }: StageFigures): string {
  const size = (bytes / mebibyte).toFixed(0);
  const speed = (bytes / mebibyte / worked).toFixed(1);
  const untilWork = (seconds - worked / workers).toFixed(1);
  return `${stage}: ${seconds.toFixed(1)} s for ${size} MiB in ${units} units; each worker ${speed} MiB/s, ${untilWork} s beside the work`;
}

async function stagesOf({ db }: BenchDatabase): Promise<readonly StageFigures[]> {
  const found = await db.collection("_slipway_journal").find({ kind: "done", step: "stage" }).toArray();
  return found.flatMap(
    ({ detail }) => (detail as { readonly spread?: readonly StageFigures[] }).spread ?? [],
  );
}

/** The first release of a database: all of it is judged, nothing is loaded. */
function specOf({ kubeconfig }: EmbeddedEnvironment, database: BenchDatabase, folder: string): ReleaseSpec {
  return {
    ...benchSpec(database, "11.23.0", folder),
    cluster: { kubeconfig: { kind: "file", path: kubeconfig }, namespace: place.namespace, workloads: [] },
  };
}
