import { z } from "zod";
import { type CollectionChange, type ReleaseRecordData, stages } from "../../data/protocol";
import type { Lane } from "../../release/gates/lane";
import { verdicts } from "../../release/gates/judgement";
import { brokenSeal } from "../../release/promotion/record-seal";
import { laneSchema } from "../../config/gates-lane";

/** A gate's outcome, as far as a record of any age tells it. */
export interface KeptGate {
  readonly id: string;
  readonly title: string;
  readonly verdict: (typeof verdicts)[number];
  /** What it was judged on, or what it objected to, in words. */
  readonly says: string;
}

/** Whether a record is as it was written: records before the checksum cannot show it. */
export type Seal = "whole" | "none" | "edited";

/** One release that the repository keeps a record of. */
export interface KeptRelease {
  /** Where it is kept. Example: `releases/prod/2026-11-21T10-00-00-000Z-prod-v2.19.0-1.json`. */
  readonly path: string;
  readonly seal: Seal;
  readonly record: ReleaseRecordData;
  readonly lane: Lane;
  readonly commits: Readonly<Record<string, string>>;
  readonly gates: readonly KeptGate[];
}

/** A file among the records that is none. */
export interface UnreadableRecord {
  readonly path: string;
  readonly found: string;
}

const instant = z.iso.datetime({ offset: true });
const collection = z.looseObject({
  collection: z.string(),
  documentsBefore: z.number().default(0),
  documentsAfter: z.number().default(0),
  added: z.number().default(0),
  changed: z.number().default(0),
  removed: z.number().default(0),
  hashBefore: z.string().default(""),
  hashAfter: z.string().default(""),
}) satisfies z.ZodType<CollectionChange>;

/** What every record has had since the first, and what came later with what stands for its absence. */
const record = z.looseObject({
  id: z.string().min(1),
  system: z.string().default("unnamed"),
  environment: z.string().min(1),
  release: z.string().min(1),
  hash: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  operator: z.string().default("unknown"),
  openedAt: instant,
  closedAt: instant.optional(),
  outcome: z.enum(["open", "released", "rolled-back", "failed"]),
  reason: z.string().optional(),
  schema: z
    .looseObject({ package: z.string().default(""), from: z.string().optional(), to: z.string() })
    .transform((schema) => ({ ...schema, from: schema.from ?? schema.to })),
  images: z
    .array(z.looseObject({ name: z.string(), from: z.string().optional(), to: z.string() }))
    .default([]),
  migrations: z.array(z.looseObject({ id: z.string(), hash: z.string().default("") })).default([]),
  collections: z.array(collection).default([]),
  durations: z.partialRecord(z.enum(stages), z.number()).catch({}).default({}),
  closedFor: z.number().optional(),
});

const judgement = z.looseObject({
  evidence: z.looseObject({ what: z.string() }).optional(),
  problem: z.looseObject({ where: z.string(), found: z.string() }).optional(),
});
const gate = z.looseObject({
  id: z.string(),
  title: z.string().default(""),
  verdict: z.enum(verdicts),
  judgements: z.array(judgement).default([]),
  setAside: z.string().optional(),
});

const keptFile = z.looseObject({
  record,
  lane: laneSchema.catch({ kind: "normal" }),
  commits: z.record(z.string(), z.string()).catch({}),
  gates: z.array(z.looseObject({ gates: z.array(gate).default([]) })).catch([]),
});

/**
 * A record of any age: without a checksum as it was first kept, or the engine's bare record; and one that was edited, which says so.
 * @param path for messages, and for whoever looks for it.
 */
export function keptRelease(path: string, text: string): KeptRelease | UnreadableRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { path, found: "no JSON" };
  }
  const bare = record.safeParse(value);
  const read = keptFile.safeParse(bare.success ? { record: value } : value);
  if (!read.success) {
    const issue = read.error.issues[0];
    return { path, found: `no record (${issue?.path.join(".") ?? ""}: ${issue?.message ?? "another form"})` };
  }
  const { data } = read;
  return {
    path,
    seal: sealOf(value),
    record: data.record,
    lane: data.lane,
    commits: data.commits,
    gates: data.gates.flatMap(({ gates }) => gates.map(keptGate)),
  };
}

export function isKept(one: KeptRelease | UnreadableRecord): one is KeptRelease {
  return "record" in one;
}

function sealOf(value: unknown): Seal {
  const broken = brokenSeal(value);
  if (broken === undefined) return "whole";
  return typeof value === "object" && value !== null && "checksum" in value ? "edited" : "none";
}

/** What gates said, of a report that was just made as of one that was kept. */
export function keptGates(gates: readonly unknown[]): readonly KeptGate[] {
  return z.array(gate).parse(gates).map(keptGate);
}

function keptGate({ id, title, verdict, judgements, setAside }: z.infer<typeof gate>): KeptGate {
  const said = judgements.flatMap(({ evidence, problem }) =>
    problem === undefined ? (evidence?.what ?? []) : `${problem.where}: ${problem.found}`,
  );
  return { id, title, verdict, says: setAside ?? said.join("; ") };
}
