import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Context, ProcessNeeds } from "../conductor/context";
import { FolderStorage } from "../dump/folder-storage";
import type { DumpStorage } from "../dump/storage";
import type { RecordState } from "../journal/record-state";
import { ChangesSeen } from "../preview/changes-seen";
import type { DataPlan, PlannedCollection } from "../preview/data-plan";
import { previewLimits } from "../preview/extent";
import { safeValue } from "../preview/safe-value";
import type { InvalidDocument, PostgresStoreSpec } from "../protocol";
import type { Violation } from "./migrate";
import type { OneDatabase } from "./one-database";
import type { PostgresDataStore } from "./postgres-data-store";
import { chooseExtent, type Extent, type Untried } from "./preview-extent";
import { Programs } from "./program";
import { compare } from "./trial-comparison";
import { Trial } from "./trial-copy";
import { migrateCopy } from "./trial";
import { untried } from "./untried";

/** Failed checks that a preview lists; each lists its own first rows. */
const listed = 50;

/** The migration, tried on a copy that is dropped again; the originals are only read (rule X2). */
export async function previewPass(
  { options, signs, dumps }: Context,
  store: PostgresDataStore,
  spec: PostgresStoreSpec,
  { chain, before }: ProcessNeeds,
  concerned: readonly string[],
  last: RecordState | undefined,
): Promise<Partial<DataPlan>> {
  const { server, secrets } = store;
  if (before === undefined || concerned.length === 0) return {};
  const places = {
    server,
    databases: concerned,
    last,
    keep: dumps.storage,
    version: before.version,
  };
  const limits = options.preview ?? previewLimits;
  const trial = new Trial(server, spec.databases);
  const extent = await chooseExtent(places, limits, trial);
  const folder = await mkdtemp(join(tmpdir(), "slipway-plan-"));
  const storage = new FolderStorage(folder);
  const mayGoOn = (): void => {
    signs.throwIfGiven();
  };
  const programs = new Programs(server, secrets, mayGoOn);
  const own = { server, programs, secrets, jobs: spec.jobs, at: server.database, storage, mayGoOn };
  const only = spec.databases.length === 1;
  const ones = concerned.map((database): OneDatabase => ({
    ...own,
    database,
    only,
    chain,
    names: trial.names(database),
  }));
  const { how, kept } = extent;
  try {
    return await trial.with(() =>
      how.over === "nothing" ? untried(ones, how.why, how.mayCopy) : tried(ones, how, kept),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function tried(
  ones: readonly OneDatabase[],
  how: Exclude<Extent["how"], Untried>,
  kept: DumpStorage | undefined,
): Promise<Partial<DataPlan>> {
  const seen = new ChangesSeen();
  const collections: PlannedCollection[] = [];
  const invalid: InvalidDocument[] = [];
  for (const one of ones) {
    const migrated = await migrateCopy(one, kept?.within(one.database));
    invalid.push(...migrated.violations.map((violation) => maskedViolation(one.database, violation)));
    collections.push(...(await compare(one, migrated, seen)));
  }
  const documents = collections.reduce((sum, { documentsBefore }) => sum + documentsBefore, 0);
  return {
    tried: { documents, of: documents, ...how },
    collections: collections.map((one) => ({ ...one, fields: seen.fields(one.collection) })),
    validity: { after: invalid.length },
    invalid: invalid.slice(0, listed),
    examples: seen.examples(),
  };
}

/** A row that a check found; what looks like a secret in it is nobody's to read in a review. */
function maskedViolation(database: string, { check, row }: Violation): InvalidDocument {
  const id = safeValue(parsed(row), []);
  return { collection: database, id, pointer: "", rule: check, verdict: "made-invalid" };
}

function parsed(row: string): unknown {
  try {
    return JSON.parse(row);
  } catch {
    return row;
  }
}
