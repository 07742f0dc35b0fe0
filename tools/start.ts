import { existsSync } from "node:fs";
import { Command } from "commander";
import { stateDirectory } from "../lib/config/embedded";
import { Refusal } from "../lib/problem";
import { down, up } from "./environment/environment";
import { mainJob } from "./job/main-job";
import { howToLook } from "./job/how-to-look";
import { packageRoot } from "./toolchain/package-root";
import { progressOn } from "./toolchain/progress";

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
    process.once(signal, () => {
      interrupted.abort(new Error(`stopped by ${signal}`));
    });
  }

  const wasUp = existsSync(`${state}/environment.json`);
  print("Slipway: one NMDC release, images and data, on an environment of its own.");
  try {
    const environment = await up({ progress, signal: interrupted.signal, node: played ? "played" : "auto" });
    print(describe(environment.node, environment.mongo.server));
    const job = mainJob({ environment, root: packageRoot(), state, progress, print, show });
    const stopped = new Promise<never>((_, reject) => {
      interrupted.signal.addEventListener("abort", () => {
        reject(interrupted.signal.reason as Error);
      });
    });
    await Promise.race([job, stopped]);
    if (keep) print(howToLook(environment, state));
  } finally {
    if (!keep && !wasUp) await down({ progress });
  }
}

function describe(node: "real" | "played", server: "mongod" | "stand-in"): string {
  const pods =
    node === "real"
      ? "a real node (kubelet, containerd: real containers)"
      : "a played node (kwok: no containers run)";
  const database =
    server === "mongod" ? "a real mongod" : "a stand-in for MongoDB (access control is played)";
  return `Servers of our own: a Kubernetes control plane with ${pods}, ${database}, an image registry, a Pulumi backend.`;
}

start().catch((error: unknown) => {
  console.error(error instanceof Refusal ? error.message : error);
  process.exitCode = 1;
});
