import { type ChildProcessByStdio, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { stateDirectory } from "../lib/config/embedded";
import type { MaintenanceConfig } from "../lib/config/maintenance";
import type { ReleaseSpec } from "../lib/data/protocol";

/** What a keeper is told, on its standard input only: secrets stand in it (rule X5). */
export interface KeeperRequest {
  readonly spec: ReleaseSpec;
  readonly config: MaintenanceConfig;
  /** The run whose maintenance it ends. */
  readonly run: string;
}

/**
 * Starts the process that ends a maintenance after a release that failed: Pulumi itself runs nothing after a failure. Its standard
 * input stays open as long as this process lives; its end tells that the run is over.
 */
export function keepWatch(request: KeeperRequest): void {
  mkdirSync(stateDirectory(), { recursive: true, mode: 0o700 });
  const log = openSync(join(stateDirectory(), "maintenance.log"), "a", 0o600);
  const keeper = spawn(process.execPath, ["--enable-source-maps", join(__dirname, "maintenance-keeper.js")], {
    stdio: ["pipe", log, log],
    // In a process group of its own, as the engine is: Ctrl-C is for Pulumi.
    detached: true,
  }) as ChildProcessByStdio<Writable, null, null>;
  closeSync(log);
  keeper.stdin.on("error", () => undefined); // One that died early has said why in its log.
  keeper.stdin.write(`${JSON.stringify(request)}\n`);
  keeper.unref();
}
