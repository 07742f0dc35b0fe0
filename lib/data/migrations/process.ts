import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WorkerPool } from "../validation/worker-pool";
import { buildVersion } from "./build-version";
import { DatabasePass } from "./database-pass";
import { InvalidReport } from "./invalid-report";
import { OneReaderEach } from "./one-reader";
import type { Prepared } from "./prepare";
import type { ProcessReport, ProcessRequest } from "./report";
import { readTouchedHint, writeTouchedHint } from "./touched-hint";
import type { Version } from "./version";

/**
 * Migrates and validates a whole database in one pass, read-only towards its source. Changed collections go to the sink in
 * their new shape; everything else is only hashed and judged. Memory stays bounded by a few blocks per thread.
 * @param prepared what `prepareData` made; made here where it isn't given.
 * @param threads what looks at documents, for whoever makes several passes by the same schemas; else made and ended here.
 * @throws Refusal when a migration raises or makes something that can't stand. Invalid documents are no error: they are
 *   in the report, all of them (rules N12, N13).
 */
export async function processData(
  given: ProcessRequest,
  prepared?: Prepared,
  threads?: WorkerPool,
): Promise<ProcessReport> {
  const ready = prepared ?? (await prepare(given));
  const request = { ...given, source: new OneReaderEach(given.source) };
  const scratch = await mkdtemp(join(request.scratch ?? tmpdir(), "slipway-process-"));
  const pool = threads ?? validatingThreads(ready, request.threads);
  const building = buildVersion(request, ready, pool, scratch);
  // Its failure is reported where it is awaited.
  building.catch(() => undefined);
  try {
    return await passOver(request, ready, pool, scratch, building);
  } finally {
    await building.then(
      (version) => version.close(),
      () => undefined,
    );
    if (!threads) await pool.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

/** What compiles schemas is loaded by whoever has to. */
async function prepare({ chain, schema, before }: ProcessRequest): Promise<Prepared> {
  const { prepareData } = await import("./prepare");
  return prepareData(chain, schema, before);
}

/** Threads that look at documents by the schemas that a pass was prepared with. @param count one per core but one where absent. */
export function validatingThreads({ schema, before }: Prepared, count?: number): WorkerPool {
  return new WorkerPool({ after: schema, ...(before && { before }) }, count);
}

async function passOver(
  request: ProcessRequest,
  prepared: Prepared,
  pool: WorkerPool,
  scratch: string,
  building: Promise<Version>,
): Promise<ProcessReport> {
  const pass = async (hint: ReadonlySet<string> | undefined): Promise<ProcessReport | undefined> => {
    const report = await InvalidReport.open(request.reports);
    try {
      const found = await DatabasePass.run({ request, prepared, pool, scratch, report }, building, hint);
      if (!found) await report.abandon();
      return found;
    } catch (error) {
      await report.abandon();
      throw error;
    }
  };
  const hint = request.part ? undefined : await readTouchedHint(request.chain);
  const found = (await pass(hint)) ?? (await pass(undefined));
  if (!found) throw new Error("a pass without a hint was given up");
  if (!request.part) await writeTouchedHint(request.chain, (await building).touched);
  return found;
}
