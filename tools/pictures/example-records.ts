import { releaseInputs } from "../../lib/config/release-inputs";
import { releaseParts } from "../../lib/config/release-parts";
import { parseStackConfig, type StackConfig } from "../../lib/config/stack-config";
import { StackFile } from "../../lib/config/stack-file";
import type { CollectionChange, ReleaseRecordData, Stage } from "../../lib/data/protocol";
import { compareVersions } from "../../lib/data/migrations/versions";
import type { Report } from "../../lib/release/gates/judge";
import { recordPath } from "../../lib/release/promotion/record-files";
import { sealed } from "../../lib/release/promotion/record-seal";
import { digestOf } from "./example-systems";

/** How one release of the example went. */
export interface ExampleOutcome {
  /** ISO 8601. */
  readonly at: string;
  readonly by: string;
  /** Number of the attempt on its environment. */
  readonly number: number;
  /** What ran before. */
  readonly from: { readonly release: string; readonly schema: string } | undefined;
  readonly outcome: ReleaseRecordData["outcome"];
  readonly reason?: string;
  readonly gates: readonly Report[];
}

/** The record that a release of this stack file leaves, as its file's path and text. */
export function recordOf(
  stack: string,
  project: string,
  { at, by, number, from, outcome, reason, gates }: ExampleOutcome,
): readonly [string, string] {
  const config = parseStackConfig(StackFile.parse(stack, "stack").config(), "stack");
  const { environment, release, system } = config;
  const migrates = from !== undefined && compareVersions(from.schema, config.data.schema.version) !== 0;
  const durations = durationsOf(number, migrates);
  const took = Object.values(durations).reduce((sum, one) => sum + one, 0);
  const record: ReleaseRecordData = {
    id: `${environment}-${release}-${number}`,
    system,
    environment,
    release,
    hash: hashOf(stack, project),
    operator: by,
    openedAt: at,
    closedAt: new Date(Date.parse(at) + took).toISOString(),
    outcome,
    ...(reason === undefined ? {} : { reason }),
    schema: {
      package: config.data.schema.package,
      from: from?.schema ?? config.data.schema.version,
      to: config.data.schema.version,
    },
    images: Object.entries(config.images).map(([name, { repository, tag, digest = "" }]) => ({
      name,
      ...(from === undefined
        ? {}
        : { from: `${repository}:${from.release}@${digestOf(name, from.release)}` }),
      to: `${repository}:${tag}@${digest}`,
    })),
    migrations: [],
    collections: migrates && outcome === "released" ? collectionsOf(number) : [],
    durations,
    ...(migrates ? { closedFor: 34_000 + number * 1700 } : {}),
  };
  const lane = config.lane;
  return [recordPath("releases", record), sealed({ record, lane, commits: commitsOf(config), gates })];
}

function commitsOf({ images, release }: StackConfig): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.keys(images).map((name) => [
      name,
      digestOf("commit", release).slice("sha256:".length, "sha256:".length + 12),
    ]),
  );
}

/** Hash of the release that a stack file asks for. */
export function hashOf(stack: string, project: string): string {
  const config = parseStackConfig(StackFile.parse(stack, "stack").config(), "stack");
  const digests = Object.entries(config.images).map(([name, { digest = "" }]) => ({ name, digest }));
  return releaseInputs(config, digests, releaseParts(project, config)).hash;
}

/** Milliseconds that grow a little from one release to the next, as data does. */
function durationsOf(number: number, migrates: boolean): Readonly<Partial<Record<Stage, number>>> {
  const code = { plan: 1200, lock: 90, "roll-out": 41_000 + number * 900, "re-open": 600, clean: 300 };
  if (!migrates) return code;
  return {
    ...code,
    rehearse: 96_000 + number * 3100,
    "close-writes": 1900,
    dump: 14_000 + number * 400,
    migrate: 31_000 + number * 800,
    validate: 22_000 + number * 700,
    load: 9500 + number * 200,
    verify: 6100,
    swap: 420,
    check: 2600,
  };
}

const collections = [
  ["workflow_execution_set", 11_204, 1890, 0, 3],
  ["biosample_set", 8401, 1213, 0, 0],
  ["data_object_set", 41_203, 214, 12, 0],
  ["study_set", 44, 11, 1, 0],
  ["instrument_set", 61, 0, 0, 0],
  ["functional_annotation_agg", 312_870, 0, 0, 0],
] as const;

function collectionsOf(number: number): readonly CollectionChange[] {
  return collections.map(([collection, documents, changed, added, removed]) => {
    const documentsBefore = documents + number * Math.ceil(documents / 900);
    return {
      collection,
      documentsBefore,
      documentsAfter: documentsBefore + added - removed,
      added,
      changed,
      removed,
      hashBefore: "0".repeat(64),
      hashAfter: "1".repeat(64),
    };
  });
}
