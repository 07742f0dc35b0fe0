import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder of this project, from the sources as well as from `build/`. */
export function packageRoot(from: string = __dirname): string {
  const file = join(from, "package.json");
  if (existsSync(file)) {
    const { name } = JSON.parse(readFileSync(file, "utf8")) as { name?: string };
    if (name === "slipway") return from;
  }
  const parent = dirname(from);
  if (parent === from) throw new Error(`no folder above ${__dirname} holds the project's package.json`);
  return packageRoot(parent);
}
