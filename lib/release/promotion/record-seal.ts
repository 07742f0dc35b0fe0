import { contentHash, type Json } from "../../content-hash";

/**
 * The text of a record's file: what is kept, and a checksum over all of it, by which an edit is noticed. The same content gives the
 * same bytes.
 */
export function sealed(file: object): string {
  const content = JSON.parse(JSON.stringify(file)) as Record<string, Json>;
  return `${JSON.stringify({ ...content, checksum: contentHash(content) }, undefined, 2)}\n`;
}

/** Why the content of a file is not what was written; undefined when it is. */
export function brokenSeal(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !("checksum" in value)) return "no checksum";
  const { checksum, ...content } = value as Record<string, Json>;
  return checksum === contentHash(content) ? undefined : "a checksum that does not fit: it was edited";
}
