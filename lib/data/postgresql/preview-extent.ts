import { manifestFile } from "../dump/manifest";
import { type DumpStorage, getText } from "../dump/storage";
import type { RecordState } from "../journal/record-state";
import type { PlanExtent } from "../preview/data-plan";
import { isAsNow, type PreviewLimits } from "../preview/extent";
import { type PostgresServer, row } from "./server";
import { quoted, tablesOf } from "./tables";
import type { Trial } from "./trial-copy";
import { isPostgresManifest, type PostgresManifest } from "./verify-dump";

/** Bytes of all databases that are copied for a preview, whatever few rows they are in. */
const mostBytes = 1024 ** 3;
/** Bytes of a database's name that the server keeps. */
const nameBytes = 63;

/** What a preview is made over. */
export interface Extent {
  readonly how: Exclude<PlanExtent, { over: "sample" } | { over: "nothing" }> | Untried;
  /** Where the dumps to load are; where there are none, they are taken. */
  readonly kept?: DumpStorage;
}

/** Nothing is tried, and why. */
export interface Untried {
  readonly over: "nothing";
  readonly why: string;
  /** Whether a copy without rows may be made. */
  readonly mayCopy: boolean;
}

/** Where a preview may look. */
export interface Places {
  readonly server: PostgresServer;
  readonly databases: readonly string[];
  /** The newest record of the journal. */
  readonly last: RecordState | undefined;
  /** Where dumps stay. */
  readonly keep: DumpStorage;
  /** Schema version that the data has. */
  readonly version: string;
}

/** Everything where it is small; the dump of a recent attempt that was taken back where there is one; else nothing, and why. */
export async function chooseExtent(places: Places, limits: PreviewLimits, trial: Trial): Promise<Extent> {
  const { databases } = places;
  const long = databases.filter((one) => Buffer.byteLength(trial.names(one).base) > nameBytes);
  if (long.length > 0) return nothing(`no room in the name of ${long.join(", ")} for that of a copy`, false);
  if (await isSmall(places, limits)) return { how: { over: "everything" } };
  return (
    (await recentDump(places, limits)) ??
    nothing(
      `more than ${limits.whole} rows or 1 GiB to copy, and no dump of the last ${limits.dumpHours} hours; the release's rehearsal tries it on a copy, before writes are closed`,
    )
  );
}

function nothing(why: string, mayCopy = true): Extent {
  return { how: { over: "nothing", why, mayCopy } };
}

/** Counts no further than it has to: the server's own estimates know nothing of a table that was never analysed. */
async function isSmall({ server, databases }: Places, { whole }: PreviewLimits): Promise<boolean> {
  let [left, bytes] = [whole, 0];
  for (const database of databases) {
    const fits = await server.with(database, async (client) => {
      const size = "SELECT pg_database_size(current_database())::float8 AS bytes";
      bytes += (await row<{ bytes: number }>(client, size))?.bytes ?? 0;
      for (const table of await tablesOf(client)) {
        if (left < 0 || bytes > mostBytes) return false;
        const counted = await row<{ rows: number }>(
          client,
          `SELECT count(*)::int AS rows FROM (SELECT FROM ONLY ${quoted(table)} LIMIT ${left + 1}) AS first`,
        );
        left -= counted?.rows ?? 0;
      }
      return left >= 0 && bytes <= mostBytes;
    });
    if (!fits) return false;
  }
  return true;
}

async function recentDump(
  { databases, last, keep, version }: Places,
  limits: PreviewLimits,
): Promise<Extent | undefined> {
  if (!last || !isAsNow(last, version)) return undefined;
  const kept = keep.within(last.id);
  const manifest = await manifestOf(kept);
  if (!manifest) return undefined;
  const dumped = manifest.databases.filter(({ database }) => databases.includes(database));
  const hours = (Date.now() - Date.parse(manifest.at)) / 3_600_000;
  const rows = dumped.flatMap(({ tables }) => Object.values(tables)).reduce((sum, one) => sum + one.rows, 0);
  const isMeant = dumped.length === databases.length && hours <= limits.dumpHours && rows <= limits.dump;
  if (!isMeant || !(await isWhole(kept, dumped))) return undefined;
  return { how: { over: "dump", record: last.id, at: manifest.at }, kept };
}

async function manifestOf(kept: DumpStorage): Promise<PostgresManifest | undefined> {
  try {
    const found: unknown = JSON.parse(await getText(kept, manifestFile));
    return isPostgresManifest(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

/** Whether every file is there in its whole length. */
async function isWhole(kept: DumpStorage, dumped: PostgresManifest["databases"]): Promise<boolean> {
  const there = await kept.list();
  const files = dumped.flatMap(({ database, files: own }) =>
    Object.entries(own).map(([file, { bytes }]) => ({ path: `${database}/${file}`, bytes })),
  );
  return files.length > 0 && files.every(({ path, bytes }) => there.get(path)?.bytes === bytes);
}
