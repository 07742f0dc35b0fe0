import { execFile } from "node:child_process";
import { realpath } from "node:fs/promises";
import { promisify } from "node:util";
import type { LayerFiles } from "./files";

const run = promisify(execFile);

/** How many files one `ldd` is asked about. */
const atOnce = 200;

/** Programs of this machine with every library that they load, each under the path by which it is asked for. */
export async function withLibraries(programs: readonly string[]): Promise<LayerFiles> {
  const files: LayerFiles = new Map();
  for (const program of programs) files.set(program, { kind: "file", from: program, mode: 0o755 });
  for (const library of await librariesOf(programs))
    files.set(library, { kind: "file", from: await realpath(library), mode: 0o755 });
  return files;
}

/** Libraries that programs and other libraries load, as `ldd` finds them; what it doesn't find is none that this machine has. */
export async function librariesOf(programs: readonly string[]): Promise<readonly string[]> {
  const found = new Set<string>();
  for (let from = 0; from < programs.length; from += atOnce) {
    // It fails as a whole for one file that is no program, and tells of the others all the same.
    const told = await run("ldd", programs.slice(from, from + atOnce), { maxBuffer: 64 << 20 }).then(
      ({ stdout }) => stdout,
      (error: unknown) => (error as { stdout?: string }).stdout ?? "",
    );
    for (const [, path = ""] of told.matchAll(/^\s+(?:\S+ => )?(\/\S+) \(0x[0-9a-f]+\)$/gm)) found.add(path);
  }
  return [...found].sort();
}
