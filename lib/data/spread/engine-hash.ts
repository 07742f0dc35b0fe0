import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { contentHash } from "../../content-hash";
import { compiledFile } from "../../package-root";

/** Content hash of the compiled engine: where it is the same, two processes make the same of the same data. */
export function engineHash(): string {
  const folder = compiledFile("lib");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".js"))
    .sort();
  return contentHash(
    Object.fromEntries(files.map((path) => [path, contentHash(readFileSync(join(folder, path)))])),
  );
}
