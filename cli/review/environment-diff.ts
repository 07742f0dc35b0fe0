import { policyOf } from "../../lib/config/gates-policy";
import type { StackConfig } from "../../lib/config/stack-config";
import type { MigrationList } from "../../lib/data/migrations";
import { Refusal } from "../../lib/problem";
import { compareWithBefore, type BeforeComparison } from "../../lib/review/diff/environment-before";
import { dataDiffOfRecord, type DataDiff } from "../../lib/review/diff/data-diff";
import type { ChangedEnvironment, GatesPart, Part, RecordPart } from "../../lib/review/diff/release-diff";
import { rehearsalOf, riskOf } from "../../lib/review/diff/risk";
import { imageChanges, type SchemaChange, settingChanges } from "../../lib/review/diff/stack-changes";
import { type History, running, runningSince } from "../../lib/review/history/history";
import type { KeptRelease } from "../../lib/review/history/kept-release";
import type { DiffOptions } from "./diff-at";
import { gatesOfStackFile } from "./offline-gates";
import { dataPart, gatesPart, planPart } from "./part-files";
import { sourceChanges } from "./source-changes";
import type { StackAt } from "./stack-at";

/** What every environment's diff is made of. */
export interface DiffContext {
  readonly options: DiffOptions;
  readonly before: ReadonlyMap<string, StackAt>;
  readonly after: ReadonlyMap<string, StackAt>;
  readonly history: History;
}

type Right = Extract<StackAt, { state: "right" }>;

/** One environment whose stack file is there and right. */
export async function changedEnvironment(
  { options, before, after, history }: DiffContext,
  environment: string,
  now: Right,
): Promise<ChangedEnvironment> {
  const then = before.get(environment);
  const old = then?.state === "right" ? then : undefined;
  const { config, hash } = now;
  const own = history.environments.find(({ name }) => name === environment);
  const record = recordOf(own?.releases ?? [], hash, old?.hash);
  const images = imageChanges(old?.config.images, config.images);
  const schema = schemaChange(old?.config, now);
  const all = history.environments.flatMap(({ releases }) => releases);
  const rehearsal = rehearsalOf(environment, schema, all);
  return {
    kind: old === undefined ? "added" : "changed",
    environment,
    file: `Pulumi.${environment}.yaml`,
    system: config.system,
    grade: config.grade,
    release: { from: old?.config.release, to: config.release },
    lane: config.lane,
    hash,
    images,
    schema,
    settings: old === undefined ? [] : settingChanges(old.raw, now.raw),
    risk: riskOf(config, images, schema, rehearsal),
    gates: await gates(options, now, record),
    data: await data(options, environment, schema, record, rehearsal),
    plan: await planPart(options.files, environment),
    sources: old === undefined ? [] : await sourceChanges(options.project, old.config, config, options.fetch),
    before: comparison(environment, config, after, history),
    record: record && { ...record, forecast: rehearsal },
  };
}

/** The newest record of exactly this release; none where the release is what ran before the change already. */
function recordOf(
  releases: readonly KeptRelease[],
  hash: string | undefined,
  before: string | undefined,
): Omit<RecordPart, "forecast"> | undefined {
  if (hash === undefined || hash === before) return undefined;
  // After a way back and forth the same release has been here before: only what came after the last other one counts.
  const since = releases.findIndex(({ record }) => record.outcome === "released" && record.hash !== hash);
  const own = (since === -1 ? releases : releases.slice(0, since)).filter(
    ({ record }) => record.hash === hash,
  );
  const [kept, ...attempts] = own;
  return kept && { kept, attempts: attempts.length };
}

function schemaChange(old: StackConfig | undefined, { config, migrations }: Right): SchemaChange {
  const { package: name, version: to } = config.data.schema;
  const from = old?.data.schema.version;
  return { package: name, from, to, migrations: from === undefined ? [] : steps(migrations, name, from, to) };
}

/** The migrations of the step; a chain that has a gap is refused by the release itself, and by N6. */
function steps(
  migrations: MigrationList | undefined,
  name: string,
  from: string,
  to: string,
): readonly string[] {
  try {
    return migrations?.chain(name, from, to).map(({ id }) => id) ?? [];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return [];
  }
}

/** From a file; else of the record; else what the stack file and the clock alone can tell. */
async function gates(
  { files, now }: DiffOptions,
  { config, hash }: Right,
  record: Omit<RecordPart, "forecast"> | undefined,
): Promise<Part<GatesPart>> {
  const { environment } = config;
  if (files.gates.has(environment)) return gatesPart(files, environment, hash);
  const kept = record?.kept;
  if (kept !== undefined && kept.gates.length > 0) {
    return {
      known: true,
      value: { at: kept.record.openedAt, gates: kept.gates, unjudged: [] },
      from: "on record",
    };
  }
  return gatesOfStackFile({ config, policy: policyOf(config) }, now);
}

/** Of the record once there is one; else as it was tried; else as it went where it was released before. */
async function data(
  { files }: DiffOptions,
  environment: string,
  { from, to }: SchemaChange,
  record: Omit<RecordPart, "forecast"> | undefined,
  rehearsal: KeptRelease | undefined,
): Promise<Part<DataDiff>> {
  if (record !== undefined && record.kept.record.outcome === "released")
    return { known: true, value: dataDiffOfRecord(record.kept, "as released on"), from: record.kept.path };
  const tried = await dataPart(files, environment, to);
  if (tried.known || from === to || rehearsal === undefined) return tried;
  return { known: true, value: dataDiffOfRecord(rehearsal, "as it went on"), from: rehearsal.path };
}

function comparison(
  environment: string,
  config: StackConfig,
  after: ReadonlyMap<string, StackAt>,
  history: History,
): Part<BeforeComparison> {
  const { chain } = config.promotion;
  const name = chain[chain.indexOf(environment) - 1];
  if (name === undefined)
    return { known: false, why: "has none: it is first, or slipway:promotion.chain names none", get: "" };
  const there = after.get(name);
  if (there?.state !== "right")
    return {
      known: false,
      why: `: Pulumi.${name}.yaml is ${there === undefined ? "not there" : "broken"}`,
      get: "",
    };
  const own = history.environments.find((one) => one.name === name);
  const value = compareWithBefore(there.config, own && running(own), own && runningSince(own), config);
  return { known: true, value, from: "git" };
}
