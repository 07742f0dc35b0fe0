import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EmbeddedEnvironment } from "../lib/config/embedded";
import { down, up } from "../tools/environment/environment";
import { packageRoot } from "../lib/package-root";
import { refuseClosedWrites } from "./left-closed";
import { formatIdentity, isAlive, ownIdentity, parseIdentity } from "../tools/toolchain/process-identity";

/** Folders of tests' environments; the number is the process that made it. */
const prefix = "slipway-run-";
const state = join(tmpdir(), `${prefix}${process.pid}`);
let started: Promise<EmbeddedEnvironment> | undefined;

/**
 * The one environment that all tests of this run share: started by the first who asks, stopped after the last test.
 * Tests keep apart by names of their own: namespace, database, stack, repository. `SLIPWAY_STATE` is set to it.
 */
export async function embedded(): Promise<EmbeddedEnvironment> {
  started ??= start();
  const environment = await started;
  await refuseClosedWrites(environment);
  return environment;
}

// Mocha leaves at once on Ctrl-C, without its hooks and without telling anybody.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    process.exit(130);
  });
}
process.once("exit", () => {
  if (started === undefined) return;
  const main = join(packageRoot(), "tools", "environment", "main.ts");
  const env = { ...process.env, SLIPWAY_STATE: state };
  spawnSync(process.execPath, ["-r", "ts-node/register/transpile-only", main, "down"], {
    cwd: packageRoot(),
    env,
  });
  rmSync(state, { recursive: true, force: true });
});

/** The shared environment's state directory. */
export const embeddedState = state;

async function start(): Promise<EmbeddedEnvironment> {
  await removeAbandoned();
  await mkdir(state, { mode: 0o700 });
  await writeFile(join(state, "owner"), formatIdentity(ownIdentity()));
  process.env["SLIPWAY_STATE"] = state;
  return up({ state });
}

/** Environments of test runs that were killed: their servers still run. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(prefix)) continue;
    const folder = join(tmpdir(), name);
    const owner = parseIdentity(await readFile(join(folder, "owner"), "utf8").catch(() => ""));
    if (owner === undefined || isAlive(owner)) continue;
    await down({ state: folder });
    await rm(folder, { recursive: true, force: true });
  }
}

// Mocha loads this file with the first test file that needs it, outside of any suite: so this runs after all tests.
after("stop the shared environment", async function () {
  this.timeout(60_000);
  if (started === undefined) return;
  await started.catch(() => undefined);
  await down({ state });
  await rm(state, { recursive: true, force: true });
  started = undefined;
});
