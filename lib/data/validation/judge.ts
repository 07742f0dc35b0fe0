import type { ErrorObject } from "ajv";
import type { JsonObject } from "./bson-values";
import type { CompiledChecks } from "./validator-cache";

/** One way in which a document breaks its schema. */
export interface Finding {
  /** JSON pointer into the document. */
  readonly pointer: string;
  /** The rule, in the schema's words. Example: `pattern: must match pattern "^orcid:…"`. */
  readonly rule: string;
}

/** What a judge needs to know of a schema besides its checks; small enough to send to another thread. */
export type ClassTable = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Name of the root schema among the compiled functions; a class can't be called so. */
export const rootFunction = "$root";
const mostFindings = 20;
const mostValues = 12;
/** These only say that something inside them failed, which is reported by itself. */
const wrappers = new Set(["if", "anyOf", "oneOf", "allOf"]);

/**
 * Judges documents by the class that their `type` names. Whenever the class says no, or no class is named, the root schema
 * has the last word, so that no verdict differs from the whole schema's.
 */
export class Judge {
  constructor(
    private readonly checks: CompiledChecks,
    private readonly classes: ClassTable,
  ) {}

  /** Nothing when the document is valid. */
  findings(collection: string, document: JsonObject): readonly Finding[] {
    const types = this.classes.get(collection);
    if (!types) {
      return [{ pointer: "", rule: `collection: the schema has no collection "${collection}"` }];
    }
    const type = document["type"];
    const name = typeof type === "string" ? types.get(type) : undefined;
    const check = name === undefined ? undefined : this.checks[name];
    if (check?.(document)) return [];
    const byClass = check?.errors ?? [];
    const root = this.checks[rootFunction];
    if (root?.({ [collection]: [document] })) return [];
    if (byClass.length > 0) return toFindings(byClass, document);
    const below = `/${pointerPart(collection)}/0`;
    const inside = (root?.errors ?? []).map((error) => ({
      ...error,
      instancePath: error.instancePath.startsWith(below)
        ? error.instancePath.slice(below.length)
        : error.instancePath,
    }));
    if (name !== undefined || types.size === 0) return toFindings(inside, document);
    // Every class's own complaint would follow; the cause is that none of them is meant.
    const rule = `type: names no class of this collection; must be one of ${list([...types.keys()])}`;
    return [{ pointer: type === undefined ? "" : "/type", rule }];
  }
}

function toFindings(errors: readonly ErrorObject[], document: JsonObject): readonly Finding[] {
  const precise = errors.filter(({ keyword }) => !wrappers.has(keyword));
  const told = (precise.length > 0 ? precise : errors).filter(
    // Another alternative's "must be null" says nothing when something inside the value is wrong.
    ({ keyword, instancePath }) =>
      keyword !== "type" || !precise.some((other) => other.instancePath.startsWith(`${instancePath}/`)),
  );
  const found = mergeEnums(told).map((error) => toFinding(error, document));
  const unique = new Map(found.map((finding) => [`${finding.pointer} ${finding.rule}`, finding]));
  return [...unique.values()].slice(0, mostFindings);
}

/** Alternatives name their own value each; together they are the list of what is allowed. */
function mergeEnums(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const merged: ErrorObject[] = [];
  for (const error of errors) {
    const at = merged.findIndex(
      ({ keyword, instancePath }) => keyword === "enum" && instancePath === error.instancePath,
    );
    const known = merged[at];
    if (error.keyword !== "enum" || !known) merged.push(error);
    else merged[at] = { ...known, params: { allowedValues: [...valuesOf(known), ...valuesOf(error)] } };
  }
  return merged;
}

function valuesOf(error: ErrorObject): readonly unknown[] {
  const { allowedValues } = error.params as { readonly allowedValues?: unknown };
  return Array.isArray(allowedValues) ? allowedValues : [];
}

function toFinding(error: ErrorObject, document: JsonObject): Finding {
  const params = error.params as Readonly<Record<string, unknown>>;
  const extra = params["additionalProperty"] ?? params["unevaluatedProperty"];
  if (typeof extra === "string") {
    const pointer = `${error.instancePath}/${pointerPart(extra)}`;
    return { pointer, rule: `${error.keyword}: the schema has no such field here` };
  }
  const value = at(document, error.instancePath);
  const what = typeof value === "symbol" ? ` (a BSON ${value.description ?? "value"} was found)` : "";
  return { pointer: error.instancePath, rule: `${error.keyword}: ${detail(error, params)}${what}` };
}

function detail(error: ErrorObject, params: Readonly<Record<string, unknown>>): string {
  if (error.keyword === "enum") return `must be one of ${list(valuesOf(error).map(String))}`;
  const { pattern } = params;
  if (typeof pattern === "string") return `must match ${pattern}`;
  return error.message ?? "not allowed";
}

function at(document: unknown, pointer: string): unknown {
  return pointer
    .split("/")
    .slice(1)
    .reduce<unknown>((value, part) => {
      const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
      return typeof value === "object" && value !== null ? (value as JsonObject)[key] : undefined;
    }, document);
}

function list(values: readonly string[]): string {
  const shown = values.slice(0, mostValues).map((value) => JSON.stringify(value));
  return values.length > mostValues
    ? `${shown.join(", ")} and ${values.length - mostValues} more`
    : shown.join(", ");
}

/** A name as one part of a JSON pointer. */
export function pointerPart(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
