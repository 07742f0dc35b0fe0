import { readFile } from "node:fs/promises";
import type { DataPlan } from "../../lib/data/preview/data-plan";
import { Refusal } from "../../lib/problem";
import { judgedSchema } from "../../lib/release/gates/judged";
import { type DataDiff, dataDiffOfPlan } from "../../lib/review/diff/data-diff";
import { type PulumiPlan, pulumiPlan } from "../../lib/review/diff/pulumi-plan";
import type { GatesPart, Part } from "../../lib/review/diff/release-diff";
import { keptGates } from "../../lib/review/history/kept-release";
import { z } from "zod";

/** Files that other commands wrote, by environment: what only they could know. */
export interface PartFiles {
  readonly gates: ReadonlyMap<string, string>;
  readonly plan: ReadonlyMap<string, string>;
  readonly data: ReadonlyMap<string, string>;
}

/** Reads `<environment>=<file>`, once per environment. @throws Refusal for anything else. */
export function namedFiles(option: string, values: readonly string[]): ReadonlyMap<string, string> {
  const wrong = values.filter((value) => !/^[^=]+=.+$/.test(value));
  if (wrong.length > 0)
    throw new Refusal("diff", [
      {
        where: option,
        found: wrong.join(", "),
        allowed: "an environment and a file, as prod=plan.json",
        mend: `${option} prod=plan.json`,
      },
    ]);
  return new Map(
    values.map((value) => [value.slice(0, value.indexOf("=")), value.slice(value.indexOf("=") + 1)]),
  );
}

/** What `pulumi preview --json` printed. */
export function planPart(files: PartFiles, environment: string): Promise<Part<PulumiPlan>> {
  const get = `pulumi preview --json --stack ${environment} > plan.json, then --plan ${environment}=plan.json`;
  return part(
    files.plan.get(environment),
    "needs the stack's backend and cluster",
    get,
    (text): Read<PulumiPlan> => {
      const plan = pulumiPlan(text);
      return plan && { value: plan, from: "pulumi preview" };
    },
  );
}

const planShape = z.looseObject({
  schema: z.looseObject({ to: z.string() }),
  tried: z.looseObject({ over: z.enum(["everything", "dump", "sample", "nothing"]) }),
  collections: z.array(z.looseObject({ collection: z.string() })),
});

/** What `slipway data plan --json` printed. */
export function dataPart(files: PartFiles, environment: string, schema: string): Promise<Part<DataDiff>> {
  const get = `slipway data plan ${environment} --json > data.json, then --data ${environment}=data.json`;
  return part(files.data.get(environment), "needs the database", get, (text): Read<DataDiff> => {
    const read = planShape.safeParse(JSON.parse(text));
    if (!read.success) return undefined;
    if (read.data.schema.to !== schema)
      return { stale: `is a plan for schema ${read.data.schema.to}, not ${schema}` };
    return { value: dataDiffOfPlan(read.data as unknown as DataPlan), from: "slipway data plan" };
  });
}

/** What `slipway check --json` printed; a report of another release is worth nothing. */
export function gatesPart(
  files: PartFiles,
  environment: string,
  hash: string | undefined,
): Promise<Part<GatesPart>> {
  const get = `slipway check ${environment} --json > gates.json, then --gates ${environment}=gates.json`;
  return part(files.gates.get(environment), "need a network", get, (text): Read<GatesPart> => {
    const read = judgedSchema.safeParse(JSON.parse(text));
    if (!read.success) return undefined;
    if (hash !== undefined && read.data.hash !== hash) return { stale: "were judged for another release" };
    return { value: { at: read.data.at, gates: keptGates(read.data.gates), unjudged: [] }, from: "judged" };
  });
}

type Read<T> = { readonly value: T; readonly from: string } | { readonly stale: string } | undefined;

/** A part of its file; a file that is missing, empty or something else leaves the part unknown, and says so. */
async function part<T>(
  file: string | undefined,
  why: string,
  get: string,
  read: (text: string) => Read<T>,
): Promise<Part<T>> {
  if (file === undefined) return { known: false, why, get };
  const unknown = (found: string): Part<T> => ({ known: false, why: `${found} (${file})`, get });
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    return unknown(`its file cannot be read: ${(error as NodeJS.ErrnoException).code ?? "unknown"}`);
  }
  try {
    const known = read(text);
    if (known === undefined) return unknown("its file is something else");
    return "stale" in known ? unknown(known.stale) : { known: true, ...known };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return unknown("its file is no JSON");
  }
}
