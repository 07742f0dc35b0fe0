import { createHash } from "node:crypto";

/** Longer file names are cut by the MongoDB tools, with a hash in place of the rest. */
const longest = 238;
const keptOfLong = 208;

/** The file name that mongodump gives a collection, without its extension: encoded as in a URL's query. */
export function dumpFileName(collection: string): string {
  const escaped = Array.from(Buffer.from(collection), escapeByte).join("");
  if (escaped.length <= longest) return escaped;
  const sum = createHash("sha1").update(collection).digest("base64url");
  return `${escaped.slice(0, keptOfLong)}%24${sum}${"=".repeat((4 - (sum.length % 4)) % 4)}`;
}

/** What Go's `url.QueryEscape` leaves as it is. */
const plain = /[A-Za-z0-9\-_.~]/;

function escapeByte(byte: number): string {
  const letter = String.fromCharCode(byte);
  if (letter === " ") return "+";
  return byte < 128 && plain.test(letter) ? letter : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}
