import { mkdir } from "node:fs/promises";
import { stateDirectory, type EmbeddedEnvironment } from "../../lib/config/embedded";
import { whileOwning } from "../toolchain/owner-lock";
import { silent, type Progress } from "../toolchain/progress";
import { provideToolchain, type Toolchain } from "../toolchain/toolchain";
import { runningEnvironment } from "./health";
import { kubeconfigOf } from "./kubeconfig";
import { Layout } from "./layout";
import { inspectMachine, packages, type Machine } from "./node/machine";
import { makeNetwork } from "./node/network";
import { isOfNode, NodeFailed } from "./node/node-failed";
import { saveKernelSettings } from "./node/kernel-settings";
import { writePrivate } from "./private-file";
import { Processes } from "./processes";
import { makePulumiHome } from "./pulumi-home";
import { startMongo } from "./servers/mongo";
import { startPostgres, wantPostgres } from "./servers/postgres";
import { readPostgresSettings } from "./servers/postgres-settings";
import { startRegistry } from "./servers/registry";
import { readSettings, settle } from "./settings";
import { startControlPlane, type Start } from "./start-cluster";
import { startKubelet, startPlayedNode, startRuntime } from "./start-node";
import { stopEverything } from "./stop";

export interface UpOptions {
  /** The state directory; `SLIPWAY_STATE` or the user's when absent. */
  readonly state?: string;
  /** `auto` (the default): a real node where the machine allows one, a played one elsewhere. */
  readonly node?: "auto" | "real" | "played";
  /** Also a PostgreSQL server. A state directory that had one has one again. */
  readonly postgresql?: boolean;
  readonly progress?: Progress;
  /** Stops the start; what was started until then is stopped again. */
  readonly signal?: AbortSignal;
  /** Tools that were provided already. */
  readonly tools?: Toolchain;
}

/**
 * Starts the embedded environment; returns at once when it is up and well. One that is up but ill, or was left by a killed start,
 * is stopped first.
 * @throws Refusal when a tool cannot be built or a server does not start; nothing is left running then.
 */
export async function up(options: UpOptions = {}): Promise<EmbeddedEnvironment> {
  const progress = options.progress ?? silent;
  const layout = await Layout.open(options.state ?? stateDirectory());
  return owning(layout, progress, options.signal, async () => {
    const running = await runningEnvironment(layout);
    if (running !== undefined) {
      const lacks = options.postgresql === true && running.postgres === undefined;
      return lacks ? withPostgres(layout, running, options.signal) : running;
    }
    if (options.postgresql === true) await wantPostgres(layout, options.signal);
    await stopEverything(layout);
    const tools = options.tools ?? (await provideToolchain({ progress, signal: options.signal }));
    const machine = await chooseNode(layout, options.node ?? "auto", progress);
    try {
      return await progress.step("starting the embedded environment", (detail) =>
        start(layout, tools, machine, options.signal, detail),
      );
    } catch (error) {
      await stopEverything(layout);
      const playable = isOfNode(error) && machine.node === "real" && options.signal?.aborted !== true;
      if (!playable) throw error;
      if (options.node === "real") throw error instanceof NodeFailed ? error.cause : error;
      progress.note(`No real node on this machine, it is played instead: ${error.message}`);
      const played: Machine = { node: "played", lacks: [] };
      return await start(layout, tools, played, options.signal, () => undefined).catch(
        async (second: unknown) => {
          await stopEverything(layout);
          throw second;
        },
      );
    }
  });
}

/** Stops the embedded environment and cleans up after one that was killed. Its data stay for the next start. */
export async function down(options: Pick<UpOptions, "state" | "progress"> = {}): Promise<void> {
  const layout = await Layout.open(options.state ?? stateDirectory());
  const progress = options.progress ?? silent;
  await owning(layout, progress, undefined, () =>
    progress.step("stopping the embedded environment", () => stopEverything(layout)),
  );
}

/** What runs in a state directory: each recorded server, and whether the whole answers. */
export async function status(state = stateDirectory()): Promise<{
  readonly environment: EmbeddedEnvironment | undefined;
  readonly servers: Record<string, boolean>;
}> {
  const layout = await Layout.open(state);
  const processes = new Processes(layout);
  const servers: Record<string, boolean> = {};
  for (const name of await processes.recorded()) servers[name] = await processes.runs(name);
  return { environment: await runningEnvironment(layout), servers };
}

async function owning<T>(
  layout: Layout,
  progress: Progress,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const waiting = ({ pid }: { pid: number }): void => {
    progress.note(`process ${pid} starts or stops this environment; waiting for it …`);
  };
  return whileOwning(layout.at("lock"), work, waiting, signal);
}

async function chooseNode(
  layout: Layout,
  wanted: "auto" | "real" | "played",
  progress: Progress,
): Promise<Machine> {
  if (wanted === "played") return { node: "played", lacks: [] };
  const machine = await inspectMachine(layout);
  if (machine.node === "real") return machine;
  const lacks = `this machine lacks ${machine.lacks.join(", ")}`;
  if (wanted === "real") throw new Error(`no real node: ${lacks}`);
  progress.note(`The node is played by kwok, as ${lacks}.`);
  progress.note(`For a real node, as root on Debian: apt-get install ${packages}`);
  return machine;
}

async function start(
  layout: Layout,
  tools: Toolchain,
  machine: Machine,
  signal: AbortSignal | undefined,
  detail: (text: string) => void,
): Promise<EmbeddedEnvironment> {
  await Layout.open(layout.state);
  const settings = await settle(layout);
  const processes = new Processes(layout);
  const own: Start = { layout, settings, tools, processes, signal };
  if (machine.node === "real") {
    await saveKernelSettings(layout);
    await NodeFailed.of(makeNetwork(layout, settings, machine.programs));
  }
  detail("control plane, registry, database");
  const hadPostgres = (await readPostgresSettings(layout)) !== undefined;
  const [api, registry, mongo, postgres] = await all([
    startControlPlane(own),
    startRegistry(own),
    startMongo(own, machine.node),
    hadPostgres ? startPostgres(own, machine.node) : Promise.resolve(undefined),
    machine.node === "real" ? NodeFailed.of(startRuntime(own, machine.programs)) : Promise.resolve(),
  ]);
  detail("node");
  await (machine.node === "real" ? NodeFailed.of(startKubelet(own, api)) : startPlayedNode(own, api));
  const backend = layout.at("pulumi", "backend");
  const home = layout.at("pulumi", "home");
  await mkdir(backend, { recursive: true, mode: 0o700 });
  await makePulumiHome(home, tools);
  const environment: EmbeddedEnvironment = {
    kubeconfig: kubeconfigOf(layout, "admin"),
    node: machine.node,
    registry,
    mongo,
    ...(postgres && { postgres }),
    pulumi: { backend: `file://${backend}`, home, passphrase: settings.passphrase },
    path: tools.path,
  };
  await describe(layout, environment);
  return environment;
}

/** A PostgreSQL server for an environment that runs without one. */
async function withPostgres(
  layout: Layout,
  running: EmbeddedEnvironment,
  signal: AbortSignal | undefined,
): Promise<EmbeddedEnvironment> {
  const processes = new Processes(layout);
  const settings = await readSettings(layout);
  if (settings === undefined) throw new Error(`${layout.state} runs, and has no settings`);
  try {
    const postgres = await startPostgres({ layout, settings, processes, signal }, running.node);
    const environment: EmbeddedEnvironment = { ...running, postgres };
    await describe(layout, environment);
    return environment;
  } catch (error) {
    // The rest of the environment is well without it.
    await processes.stop("postgresql", 10_000, "SIGINT");
    throw error;
  }
}

async function describe(layout: Layout, environment: EmbeddedEnvironment): Promise<void> {
  await writePrivate(layout.description, `${JSON.stringify(environment, null, 2)}\n`);
}

/** Waits for all, also when one fails: nothing may still be starting while the rest is being stopped. */
async function all<T extends readonly unknown[]>(work: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  const ended = await Promise.allSettled(work);
  const failed = ended.find((one) => one.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return Promise.all(work);
}
