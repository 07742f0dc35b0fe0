import { z } from "zod";

/** What `pulumi preview` would do: how much of everything, and by name all that goes or is made anew. */
export interface PulumiPlan {
  readonly counts: Readonly<Record<string, number>>;
  readonly named: readonly PlannedResource[];
  readonly errors: readonly string[];
}

export interface PlannedResource {
  readonly op: "replace" | "delete";
  /** Example: `runtime-api`. */
  readonly name: string;
  /** Example: `apps/v1:Deployment`. */
  readonly type: string;
  /** Inputs whose change makes it necessary. */
  readonly because: readonly string[];
}

const previewed = z.looseObject({
  steps: z
    .array(z.looseObject({ op: z.string(), urn: z.string(), replaceReasons: z.array(z.string()).nullish() }))
    .default([]),
  diagnostics: z
    .array(z.looseObject({ message: z.string().default(""), severity: z.string().default("") }))
    .default([]),
  changeSummary: z.record(z.string(), z.number()).optional(),
});

/** Deleting what is replaced is the other half of one replacement. */
const ops: Readonly<Record<string, PlannedResource["op"]>> = {
  replace: "replace",
  "create-replacement": "replace",
  delete: "delete",
  "delete-replaced": "replace",
};

/**
 * Reads what `pulumi preview --json` printed. Only names, types and names of inputs are taken from it, never values.
 * @returns undefined for a text that is none.
 */
export function pulumiPlan(text: string): PulumiPlan | undefined {
  const start = text.indexOf("{");
  let value: unknown;
  try {
    value = JSON.parse(text.slice(start));
  } catch {
    return undefined;
  }
  const read = previewed.safeParse(value);
  if (!read.success) return undefined;
  const { steps, diagnostics, changeSummary } = read.data;
  const named = new Map<string, PlannedResource>();
  for (const { op, urn, replaceReasons } of steps) {
    const known = ops[op];
    if (known === undefined) continue;
    const because = [...new Set([...(named.get(urn)?.because ?? []), ...(replaceReasons ?? [])])];
    named.set(urn, { op: known, ...parts(urn), because });
  }
  return {
    counts: changeSummary ?? counted(steps.map(({ op }) => op)),
    named: [...named.values()],
    errors: diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message),
  };
}

function counted(all: readonly string[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const op of all) counts.set(op, (counts.get(op) ?? 0) + 1);
  return Object.fromEntries(counts);
}

/** `urn:pulumi:<stack>::<project>::<types, from parent to child>::<name>`. */
function parts(urn: string): Pick<PlannedResource, "name" | "type"> {
  const [, , types = "", ...name] = urn.split("::");
  const type = types.split("$").at(-1) ?? "";
  return {
    name: name.join("::"),
    type: type.replace(/^kubernetes:/, "").replace(/^pulumi-nodejs:dynamic[^:]*:/, ""),
  };
}
