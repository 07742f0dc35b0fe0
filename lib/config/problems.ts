import type { z } from "zod";
import type { Problem } from "../problem";
import { plainSecret } from "../release/invariants/plain-secret";

/** Turns what zod found into problems that name the key, what stands there, what is allowed, and the file to edit (X4). */
export function problemsOf(issues: readonly Issue[], raw: unknown, file: string): readonly Problem[] {
  return issues
    .flatMap((issue) => flatten(issue, []))
    .map(({ issue, path }) => describe(issue, path, raw, file));
}

/** zod's own issues, and contradictions that only the whole file shows. */
type Issue =
  | z.core.$ZodIssue
  | { readonly code: "custom"; readonly path: readonly PropertyKey[]; readonly message: string };

interface Located {
  readonly issue: Issue;
  readonly path: readonly PropertyKey[];
}

/** Unknown keys become one problem each; a union's issues count only where one branch was clearly meant. */
function flatten(issue: Issue, outer: readonly PropertyKey[]): readonly Located[] {
  const path = [...outer, ...issue.path];
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => ({ issue, path: [...path, key] }));
  if (issue.code === "invalid_key" || issue.code === "invalid_element") {
    return issue.issues.flatMap((inner) => flatten(inner, path));
  }
  return [{ issue, path }];
}

function describe(issue: Issue, path: readonly PropertyKey[], raw: unknown, file: string): Problem {
  return {
    where: keyOf(path),
    found: found(valueAt(raw, path), path.at(-1)),
    allowed: allowed(issue),
    mend: `edit ${file}`,
  };
}

/** `slipway:images.fastapi.digest`: the first step is the config key, the rest lies inside its value. */
function keyOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? "slipway:" : `slipway:${path.map(String).join(".")}`;
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[step] : undefined,
    raw,
  );
}

const longest = 80;
/** Keys whose values may be secrets put in the wrong place; a connection string tells itself. */
const secretKey = /pass|secret|token|uri|credential/i;
const connectionString = /:\/\/[^/@]*@/;

function found(value: unknown, key: PropertyKey | undefined): string {
  if (value === undefined) return "nothing";
  if (hidden(key, value)) return "text that may be a secret (not shown)";
  const text = JSON.stringify(value, masked);
  return text.length > longest ? `${text.slice(0, longest)}… (${text.length} characters)` : text;
}

function masked(key: string, value: unknown): unknown {
  return hidden(key, value) ? "(not shown)" : value;
}

function hidden(key: PropertyKey | undefined, value: unknown): boolean {
  if (typeof value !== "string") return false;
  const name = String(key ?? "");
  return secretKey.test(name) || connectionString.test(value) || plainSecret(name, value) !== undefined;
}

function allowed(issue: Issue): string {
  switch (issue.code) {
    case "unrecognized_keys":
      return "no such key (is it misspelt?)";
    case "invalid_type":
      return article(issue.expected);
    case "invalid_value":
      return `one of ${issue.values.map(String).join(", ")}`;
    case "invalid_union":
      return "options" in issue && issue.options !== undefined
        ? `one of ${issue.options.map(String).join(", ")}`
        : issue.errors.map((branch) => branch.map((inner) => allowed(inner)).join(" and ")).join(", or ");
    case "too_small":
      return `at least ${issue.minimum}${issue.origin === "string" ? " character" : ""}`;
    case "too_big":
      return `at most ${issue.maximum}${issue.origin === "string" ? " characters" : ""}`;
    default:
      return issue.message;
  }
}

function article(expected: string): string {
  return /^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`;
}
