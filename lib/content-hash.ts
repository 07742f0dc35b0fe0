import { createHash } from "node:crypto";

/** A value that JSON can hold; the only input that a content hash is defined over. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** JSON with the keys of every object in order, so that equal values have equal text. Undefined members are left out. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonicalJson(item)).join(",")}]`;
  const members = Object.entries(value as Record<string, Json | undefined>)
    .filter((entry): entry is [string, Json] => entry[1] !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(",")}}`;
}

/** `sha256:<hex>` of a value's canonical JSON, or of bytes as they are. */
export function contentHash(value: Json | Uint8Array): string {
  const bytes = value instanceof Uint8Array ? value : Buffer.from(canonicalJson(value));
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
