import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { WorkerPool } from "../validation/worker-pool";
import type { Migration } from "./migration";
import type { Prepared } from "./prepare";
import type { ProcessRequest } from "./report";
import { migrateByTypeScript } from "./typescript/typescript-version";
import { sourceVersion, type Version } from "./version";

/** The database after the whole chain, steps composed one on the other; nothing is written. */
export async function buildVersion(
  request: ProcessRequest,
  prepared: Prepared,
  pool: WorkerPool,
  scratch: string,
): Promise<Version> {
  let version = await sourceVersion(request.source);
  try {
    for (const [at, migration] of request.chain.entries()) {
      request.signal?.throwIfAborted();
      version = await applyStep(
        migration,
        version,
        prepared,
        pool,
        join(scratch, String(at)),
        request.signal,
      );
    }
    return version;
  } catch (error) {
    await version.close();
    throw error;
  }
}

async function applyStep(
  migration: Migration,
  before: Version,
  prepared: Prepared,
  pool: WorkerPool,
  scratch: string,
  signal?: AbortSignal,
): Promise<Version> {
  if (migration.step.kind === "empty") return before;
  // Each kind of step is loaded by whoever has one: most workers of a spread release have none.
  if (migration.step.kind === "typescript") {
    const { loadFunctions } = await import("./typescript/load-functions");
    return migrateByTypeScript(migration, loadFunctions(migration.step.file), before, pool);
  }
  const installed = prepared.packages.get(migration.id);
  if (!installed) throw new Error(`${migration.id} was not prepared`);
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  const { MigratorProcess } = await import("./python/migrator-process");
  const { migrateByPython } = await import("./python/python-version");
  const migrator = await MigratorProcess.start(migration, installed, scratch, signal);
  try {
    return await migrateByPython(migrator, before);
  } catch (error) {
    await migrator.close();
    throw error;
  }
}
