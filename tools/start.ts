import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { stateDirectory } from "../lib/config/embedded";
import { Refusal } from "../lib/problem";
import { down, up } from "./environment/environment";
import { mainJob } from "./job/main-job";
import { howToLook } from "./job/how-to-look";
import { whileOwning } from "./toolchain/owner-lock";
import { packageRoot } from "../lib/package-root";
import { progressOn } from "./toolchain/progress";

/** Somebody stopped the job. */
class Interrupted extends Error {}

/** `npm start`: sets up everything, runs the main job on the embedded environment, and stops what it started. */
async function start(): Promise<void> {
  const program = new Command("npm start --")
    .description("One NMDC release, code and data, on servers of its own.")
    .option("--keep", "leave the environment running, and say how to look at it")
    .option("--played", "do not use a real node, even where the machine allows it")
    .parse();
  const { keep, played } = program.opts<{ keep?: boolean; played?: boolean }>();
  const show = (text: string): void => void process.stdout.write(text);
  const print = (line: string): void => {
    show(`${line}\n`);
  };
  const progress = progressOn(process.stdout);
  const state = stateDirectory();
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    // Heard again and again: npm passes on what the terminal has sent already, and nothing may cut short the stopping.
    process.on(signal, () => {
      if (!interrupted.signal.aborted) print(`\n${signal}: stopping; what is under way is taken back …`);
      interrupted.abort(new Interrupted(`stopped by ${signal}`));
    });
  }

  const wasUp = existsSync(`${state}/environment.json`);
  print("Slipway: one NMDC release, images and data, on an environment of its own.");
  let finished = false;
  try {
    const { signal } = interrupted;
    const environment = await up({ progress, signal, node: played ? "played" : "auto" });
    print(describe(environment.node, environment.mongo.server));
    const job = { environment, root: packageRoot(), state, progress, print, show, signal };
    await whileOwning(
      join(state, "job"),
      () => mainJob(job),
      ({ pid }) => {
        print(`process ${pid} runs the main job here; waiting for it …`);
      },
      signal,
    );
    if (keep) print(howToLook(environment, state));
    finished = true;
  } catch (error) {
    throw interrupted.signal.aborted ? interrupted.signal.reason : error;
  } finally {
    if (!wasUp && !(keep && finished)) await down({ progress });
  }
}

function describe(node: "real" | "played", server: "mongod" | "stand-in"): string {
  const pods =
    node === "real"
      ? "a real node (kubelet, containerd: real containers)"
      : "a played node (kwok: no containers run; of the images only the API runs, as a process beside it)";
  const database =
    server === "mongod" ? "a real mongod" : "a stand-in for MongoDB (access control is played)";
  return `Servers of our own: a Kubernetes control plane with ${pods}, ${database}, an image registry, a Pulumi backend.`;
}

start().catch((error: unknown) => {
  console.error(error instanceof Refusal || error instanceof Interrupted ? error.message : error);
  process.exitCode = 1;
});
