import { parse } from "yaml";
import { z } from "zod";

/** Which changed files make a workflow run; the rules are GitHub's. */
export interface PathFilter {
  /** `paths`: a file counts when the last pattern that fits it has no `!`. `paths-ignore`: when none fits. */
  readonly kind: "paths" | "paths-ignore";
  readonly patterns: readonly string[];
}

const filter = z.object({
  paths: z.array(z.string()).optional(),
  "paths-ignore": z.array(z.string()).optional(),
});
const workflow = z.object({ on: z.object({ push: filter.nullable() }) });

/** The path filter of a workflow's `push` trigger; undefined where it has none, or where the file is no such workflow. */
export function pathFilterOf(workflowFile: string): PathFilter | undefined {
  const read = workflow.safeParse(parseYaml(workflowFile));
  const push = read.success ? read.data.on.push : undefined;
  if (push?.paths !== undefined) return { kind: "paths", patterns: push.paths };
  const ignored = push?.["paths-ignore"];
  return ignored === undefined ? undefined : { kind: "paths-ignore", patterns: ignored };
}

/** Whether a change of the file makes the workflow run. */
export function triggers({ kind, patterns }: PathFilter, file: string): boolean {
  const forms = patterns.map((pattern) => ({ pattern, form: expression(pattern.replace(/^!/, "")) }));
  // A pattern that is none (`+` at its start) could mean any file: then every change counts.
  if (forms.some(({ form }) => form === undefined)) return true;
  const last = forms.filter(({ form }) => form?.test(file)).at(-1)?.pattern;
  const named = last !== undefined && !last.startsWith("!");
  return kind === "paths" ? named : !named;
}

/** GitHub's patterns: `*` within a folder, `**` across folders, `?` and `+` for the character before, `[a-z]`. */
function expression(pattern: string): RegExp | undefined {
  const tokens = /\*\*\/|\*\*|\*|\[[A-Za-z0-9-]+\]|[?+]|\\.|[^]/gu;
  const parts = Array.from(pattern.matchAll(tokens), ([token]) => {
    if (token === "**/") return "(?:.*/)?";
    if (token === "**") return ".*";
    if (token === "*") return "[^/]*";
    if (token === "?" || token === "+" || token.startsWith("[")) return token;
    return token.replace(/^\\(?=.)/s, "").replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  });
  try {
    return new RegExp(`^${parts.join("")}$`, "s");
  } catch {
    return undefined;
  }
}

function parseYaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
