import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import type { EmbeddedEnvironment } from "../../lib/config/embedded";
import type { ReleaseRecordData } from "../../lib/data/protocol";
import { down, up } from "../../tools/environment/environment";
import { progressOn } from "../../tools/toolchain/progress";
import { type Benched, kinds, systems } from "./benched";
import { PodsWatch } from "./pods-watch";

/** What one `pulumi up` took, in seconds: the whole, and its parts, one after the other. */
interface Shares {
  readonly total: number;
  /** The data engine's own stages; while it waits for the roll-out it is not counted. */
  readonly engine: number;
  /** Until all pods were new and ready. */
  readonly pods: number;
}

const words = { first: "first release", code: "code alone", data: "code and data" } as const;

/** Releases each system in its first environment three times; prints what the whole took, and where the time went. */
export async function systemsBench(signal: AbortSignal): Promise<void> {
  const state = await mkdtemp(join(tmpdir(), "slip-b"));
  process.env["SLIPWAY_STATE"] = state;
  const progress = progressOn(process.stdout);
  try {
    await measure(await up({ state, progress, signal, postgresql: true }), state, signal);
  } finally {
    await down({ state, progress });
    await rm(state, { recursive: true, force: true });
  }
}

async function measure(environment: EmbeddedEnvironment, state: string, signal: AbortSignal): Promise<void> {
  console.log(`Releases of whole systems, on a ${environment.node} node; seconds of \`pulumi up\`:`);
  console.log(line("", "", ["whole", "engine", "pods", "Pulumi and gates"]));
  const kube = new KubeConfig();
  kube.loadFromFile(environment.kubeconfig);
  for (const make of systems) {
    signal.throwIfAborted();
    const system = await make(environment, state, signal);
    const pods = await PodsWatch.on(kube, system.namespace);
    try {
      for (const kind of kinds) {
        await system.prepare(kind);
        const shares = await released(system, pods);
        console.log(line(system.name, words[kind], figures(shares)));
      }
    } finally {
      pods.stop();
    }
  }
}

async function released({ stack }: Benched, pods: PodsWatch): Promise<Shares> {
  pods.take();
  const started = performance.now();
  const { code, output } = await stack.up();
  const total = (performance.now() - started) / 1000;
  if (code !== 0) throw new Error(`pulumi up failed:\n${output}`);
  return { total, engine: engineSeconds(await stack.record()), pods: pods.take() };
}

function engineSeconds({ durations }: ReleaseRecordData): number {
  const own = Object.entries(durations).filter(([stage]) => stage !== "roll-out");
  return own.reduce((sum, [, milliseconds]) => sum + milliseconds, 0) / 1000;
}

function figures({ total, engine, pods }: Shares): readonly string[] {
  const part = (seconds: number): string =>
    `${seconds.toFixed(1)} (${Math.round((seconds / total) * 100)} %)`;
  return [total.toFixed(1), part(engine), part(pods), part(total - engine - pods)];
}

function line(system: string, kind: string, cells: readonly string[]): string {
  return `  ${system.padEnd(20)}${kind.padEnd(16)}${cells.map((cell) => cell.padStart(18)).join("")}`.trimEnd();
}
