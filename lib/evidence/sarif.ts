import { z } from "zod";

/** Grades of a vulnerability by its CVSS score (rule F25), the worst first. */
export const severities = ["critical", "high", "medium", "low"] as const;
export type Severity = (typeof severities)[number];

/** What a scanner counted: different vulnerabilities by grade. */
export type SeverityCounts = Readonly<Record<Severity, number>>;

const score = z.union([z.string(), z.number()]).optional();
const properties = z.looseObject({ "security-severity": score }).optional();
const rule = z.looseObject({ id: z.string(), properties });
const component = z.looseObject({ rules: z.array(rule).default([]) });
const result = z.looseObject({
  ruleId: z.string().optional(),
  ruleIndex: z.number().int().optional(),
  rule: z.looseObject({ id: z.string().optional() }).optional(),
  level: z.enum(["none", "note", "warning", "error"]).default("warning"),
  suppressions: z.array(z.unknown()).default([]),
  properties,
});
const report = z.looseObject({
  version: z.string().startsWith("2.1"),
  runs: z
    .array(
      z.looseObject({
        tool: z.looseObject({ driver: component, extensions: z.array(component).default([]) }),
        results: z.array(result).default([]),
      }),
    )
    .min(1),
});

type Rule = z.infer<typeof rule>;
type Result = z.infer<typeof result>;

/**
 * F25: counts the different vulnerabilities of a SARIF 2.1 report, each once however many packages have it; what was suppressed does
 * not count. The grade is by the CVSS score that scanners write as `security-severity`; without one, by the result's level.
 * @returns undefined where the text is no such report.
 */
export function countSarif(text: string): SeverityCounts | undefined {
  const read = report.safeParse(parseJson(text));
  if (!read.success) return undefined;
  const worst = new Map<string, Severity>();
  for (const { tool, results } of read.data.runs) {
    const rules = [tool.driver, ...tool.extensions].flatMap((one) => one.rules);
    for (const one of results.filter(({ suppressions }) => suppressions.length === 0)) {
      const { id, known } = ruleOf(one, rules, tool.driver.rules);
      const grade = gradeOf(one, known);
      const before = worst.get(id);
      if (
        grade !== undefined &&
        (before === undefined || severities.indexOf(grade) < severities.indexOf(before))
      )
        worst.set(id, grade);
    }
  }
  const found = [...worst.values()];
  const count = (grade: Severity): number => found.filter((one) => one === grade).length;
  return { critical: count("critical"), high: count("high"), medium: count("medium"), low: count("low") };
}

/** A result names its rule by id, or by its place in the tool's list. */
function ruleOf(
  { ruleId, ruleIndex, rule: named }: Result,
  all: readonly Rule[],
  ofDriver: readonly Rule[],
): { readonly id: string; readonly known: Rule | undefined } {
  const id =
    ruleId ?? named?.id ?? (ruleIndex === undefined ? undefined : ofDriver[ruleIndex]?.id) ?? "unnamed";
  return { id, known: all.find((one) => one.id === id) };
}

function gradeOf({ level, properties: own }: Result, known: Rule | undefined): Severity | undefined {
  const scored = Number(own?.["security-severity"] ?? known?.properties?.["security-severity"] ?? Number.NaN);
  if (Number.isFinite(scored)) return cvssGrade(scored);
  const levels = { error: "high", warning: "medium", note: "low", none: undefined } as const;
  return levels[level];
}

/** Low 0.1 to 3.9, medium 4.0 to 6.9, high 7.0 to 8.9, critical 9.0 to 10.0 (rule F25). */
function cvssGrade(scored: number): Severity | undefined {
  if (scored >= 9) return "critical";
  if (scored >= 7) return "high";
  if (scored >= 4) return "medium";
  return scored > 0 ? "low" : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
