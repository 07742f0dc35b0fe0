import { contentHash, type Json } from "../../content-hash";

/** The plan's hash of anything that travels as JSON. */
export function hashOf(value: unknown): string {
  return contentHash(JSON.parse(JSON.stringify(value)) as Json);
}
