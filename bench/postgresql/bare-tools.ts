import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { BenchServer } from "./bench-server";

const run = promisify(execFile);

/**
 * Seconds of a bare pg_dump into a folder and pg_restore into a new database, which is dropped again.
 * @param compression pg_dump's own default where absent.
 */
export async function dumpAndRestore(
  server: BenchServer,
  jobs: number,
  compression?: number,
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-bench-bare-"));
  const dump = join(folder, "dump");
  const compress = compression === undefined ? [] : [`--compress=${compression}`];
  try {
    await server.query("postgres", "CREATE DATABASE bare OWNER owner");
    const begun = performance.now();
    await run("pg_dump", ["-Fd", "-j", String(jobs), ...compress, "-f", dump, "-d", server.uri("postgres")]);
    await run("pg_restore", ["-j", String(jobs), "-d", server.uri("postgres", "bare"), dump]);
    return (performance.now() - begun) / 1000;
  } finally {
    await server.query("postgres", "DROP DATABASE bare WITH (FORCE)");
    await rm(folder, { recursive: true, force: true });
  }
}
