import { createHash } from "node:crypto";
import type { DumpStorage } from "./storage";

/** SHA-256 of a stored file, as hex. @throws when there is no such file. */
export async function sumOf(storage: DumpStorage, name: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of storage.get(name)) hash.update(chunk);
  return hash.digest("hex");
}
