import type { JsonObject } from "./bson-values";

/**
 * What an `id` of this kind begins with: up to the first `-` after the colon. Example: `nmdc:sty-` of `nmdc:sty-11-abc`.
 * A text is taken for a reference when documents exist whose ids begin alike; class names and free text never do.
 */
export function idKind(text: string): string | undefined {
  const colon = text.indexOf(":");
  const dash = colon < 0 ? -1 : text.indexOf("-", colon);
  return dash < 0 || text.length > 200 || text.includes(" ") ? undefined : text.slice(0, dash + 1);
}

/** Every text in a document that could be a reference, its own `id` left out. */
export function possibleReferences(document: JsonObject): ReadonlySet<string> {
  const found = new Set<string>();
  collect(document, found);
  if (typeof document["id"] === "string") found.delete(document["id"]);
  return found;
}

function collect(value: unknown, found: Set<string>): void {
  if (typeof value === "string") {
    if (idKind(value) !== undefined) found.add(value);
  } else if (Array.isArray(value)) {
    for (const item of value) collect(item, found);
  } else if (typeof value === "object" && value !== null) {
    for (const member of Object.values(value)) collect(member, found);
  }
}
