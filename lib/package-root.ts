import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The project's own folder, whether this runs as `lib/…` or as `build/lib/…`. */
export function packageRoot(from: string = __dirname): string {
  const file = join(from, "package.json");
  if (existsSync(file) && (JSON.parse(readFileSync(file, "utf8")) as { name?: string }).name === "slipway")
    return from;
  const parent = dirname(from);
  if (parent === from) throw new Error(`no package.json of slipway above ${__dirname}`);
  return packageRoot(parent);
}

/** A file of ours as compiled: worker threads and child processes never run from the sources. */
export function compiledFile(path: string): string {
  return join(packageRoot(), "build", path);
}
