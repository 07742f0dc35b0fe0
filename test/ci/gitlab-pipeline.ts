import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { packageRoot } from "../../lib/package-root";

/** One job of a GitLab CI file, with what it inherits by `extends`. */
export interface Job {
  readonly stage: string;
  readonly needs?: readonly string[];
  readonly environment?: { readonly name: string };
  readonly resource_group?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly script?: readonly string[];
  readonly id_tokens?: Readonly<Record<string, { readonly aud: string }>>;
  readonly rules?: readonly Rule[];
}

interface Rule {
  readonly if?: string;
  readonly when?: string;
  readonly allow_failure?: boolean;
  readonly changes?: readonly string[];
}

interface Raw extends Partial<Job> {
  readonly extends?: string | readonly string[];
}

/** GitLab's variables of one pipeline. */
export type Situation = Readonly<Record<string, string>>;

/** A GitLab CI file as GitLab reads it: `extends` merged, rules judged. */
export class GitlabPipeline {
  private constructor(private readonly raw: Readonly<Record<string, unknown>>) {}

  static read(file: string): GitlabPipeline {
    const text = readFileSync(join(packageRoot(), file), "utf8");
    return new GitlabPipeline(parse(text) as Record<string, unknown>);
  }

  get file(): unknown {
    return this.raw;
  }

  /** Jobs that can run: not hidden, no keyword of the file's own. */
  get jobs(): Readonly<Record<string, Job>> {
    const words = ["stages", "workflow", "variables", "default", "include"];
    const names = Object.keys(this.raw).filter((name) => !name.startsWith(".") && !words.includes(name));
    return Object.fromEntries(names.map((name) => [name, this.merged(name) as Job]));
  }

  /** The jobs of one pipeline, in the file's order; those that a person starts are marked. */
  inSituation(situation: Situation): readonly string[] {
    const { workflow } = this.raw as { workflow: { rules: readonly Rule[] } };
    if (!workflow.rules.some((rule) => holds(rule.if, situation))) return [];
    return Object.entries(this.jobs).flatMap(([name, { rules }]) => {
      if (rules === undefined) return [name];
      const rule = rules.find((one) => holds(one.if, situation));
      if (rule === undefined) return [];
      return [rule.when === "manual" ? `${name} (by hand)` : name];
    });
  }

  private merged(name: string): Raw {
    const { extends: parents, ...own } = this.raw[name] as Raw;
    const bases = parents === undefined ? [] : typeof parents === "string" ? [parents] : parents;
    return [...bases.map((base) => this.merged(base)), own].reduce<Raw>(
      (all, one) => ({
        ...all,
        ...one,
        ...((all.variables ?? one.variables) && { variables: { ...all.variables, ...one.variables } }),
      }),
      {},
    );
  }
}

/** Judges `$A == "b"` and `$A == $B`, which is all that the files use. */
function holds(condition: string | undefined, situation: Situation): boolean {
  if (condition === undefined) return true;
  const [, left = "", right = ""] = /^(\$\w+) == (\$\w+|"[^"]*")$/.exec(condition) ?? [];
  if (left === "") throw new Error(`a condition that this test cannot judge: ${condition}`);
  const value = (operand: string): string | undefined =>
    operand.startsWith("$") ? situation[operand.slice(1)] : operand.slice(1, -1);
  return value(left) === value(right);
}
