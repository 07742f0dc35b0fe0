import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { MongoClient } from "mongodb";
import type { EmbeddedEnvironment } from "../../lib/config/embedded";
import { blockInserter } from "../../lib/data/store/raw-insert";
import type { ExecutionSpec, ReleaseSpec } from "../../lib/data/protocol";
import { packageRoot } from "../../lib/package-root";
import { GeneratedSet } from "../../tools/dataset/generate";
import { makeEngineImage } from "../../tools/images/engine/engine-image";
import { makeSharedVolume } from "../../tools/workers/shared-volume";
import { type ReleaseFigures, timedRelease } from "../timed-release";
import type { Verdicts } from "../verdicts";

const promises = {
  speedUp: { least: 3.2 },
  overhead: { most: 20 },
  memory: { most: 150 },
} as const;

/** Every worker gets the same fraction of a core, so that two cores can hold four of them. */
const fraction = "400m";
const place = { namespace: "spread-bench", claim: "spread-bench" };

/**
 * Workers on the embedded node, all with the same fraction of a core: one release that judges every document, which is what
 * takes processor time, by one worker, by four, and by one process.
 * @param documents how many NMDC-shaped ones; the fewer, the more of the time is what pods take to start.
 */
export async function spreadBench(
  environment: EmbeddedEnvironment,
  state: string,
  verdicts: Verdicts,
  documents: number,
): Promise<void> {
  if (environment.node === "played") {
    console.log("workers are pods, and this machine has no real node: not measured");
    return;
  }
  const folder = join(state, "spread-bench");
  await mkdir(folder);
  const config = new KubeConfig();
  config.loadFromFile(environment.kubeconfig);
  await makeSharedVolume(config.makeApiClient(CoreV1Api), { ...place, folder });
  const { repository, digest } = await makeEngineImage(environment.registry);
  const release = async (name: string, execution?: Partial<ExecutionSpec>): Promise<ReleaseFigures> => {
    await fill(environment.mongo.uri, name, documents);
    const spread = execution && {
      execution: { ...executionOf(environment, `${repository}@${digest}`), ...execution },
    };
    const figures = await timedRelease({ ...specOf(environment, name, folder), ...spread });
    await drop(environment.mongo.uri, name);
    return figures;
  };
  try {
    const local = await release("in_one_process");
    const one = await release("by_one", { workers: 1 });
    const four = await release("by_four", { workers: 4 });
    const whole = await release("by_two_with_a_core", {
      workers: 2,
      resources: { cpu: "1", memory: "512Mi" },
    });
    const said = `${rehearsed(one).toFixed(1)} s and ${rehearsed(four).toFixed(1)} s, ${fraction} each`;
    verdicts.atLeast(
      `times as fast, 4 workers against 1 (${said})`,
      rehearsed(one) / rehearsed(four),
      promises.speedUp,
    );
    const overhead = whole.seconds - local.seconds;
    verdicts.atMost(
      `seconds more than in one process (${whole.seconds.toFixed(1)} s and ${local.seconds.toFixed(1)} s)`,
      overhead,
      promises.overhead,
    );
    verdicts.atMost("MiB of memory of the coordinator", four.peak, promises.memory);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Seconds of the stage in which every document is dumped and judged. */
function rehearsed({ record }: ReleaseFigures): number {
  return (record.durations.rehearse ?? 0) / 1000;
}

function executionOf({ mongo }: EmbeddedEnvironment, image: string): ExecutionSpec {
  return {
    kind: "kubernetes",
    workers: 1,
    image,
    claim: place.claim,
    uri: { kind: "value", value: mongo.podReleaseUri },
    resources: { cpu: fraction, memory: "512Mi" },
    segment: 2,
    within: 3600,
  };
}

/** The first release of a database: all of it is judged, nothing is loaded. */
function specOf({ mongo, kubeconfig }: EmbeddedEnvironment, database: string, folder: string): ReleaseSpec {
  return {
    system: "nmdc",
    environment: "bench",
    release: "v1.0.0",
    hash: "sha256:1",
    operator: "bench",
    images: [],
    cluster: { kubeconfig: { kind: "file", path: kubeconfig }, namespace: place.namespace, workloads: [] },
    store: {
      kind: "mongodb",
      uri: { kind: "value", value: mongo.uri },
      canary: { kind: "value", value: mongo.userUri },
      database,
      closeWrites: "writeBlock",
    },
    schema: { package: "nmdc-schema", version: "11.23.0" },
    migrations: join(packageRoot(), "migrations"),
    reopen: "after-rollout",
    confirmWithin: 600,
    dump: { keep: folder },
    keep: { releases: 1 },
  };
}

async function fill(uri: string, database: string, documents: number): Promise<void> {
  const set = new GeneratedSet(documents);
  const insert = blockInserter();
  const client = await MongoClient.connect(uri);
  for (const collection of await set.collections())
    for await (const block of set.read(collection)) await insert(client.db(database), collection, block);
  await client.close();
}

async function drop(uri: string, database: string): Promise<void> {
  const client = await MongoClient.connect(uri);
  await client.db(database).dropDatabase();
  await client.close();
}
