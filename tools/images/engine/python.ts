import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { cacheDirectory } from "../../../lib/config/embedded";
import { filesOf, type LayerFiles } from "./files";
import { librariesOf } from "./programs";

const run = promisify(execFile);

/** What of Python's own library no migrator asks for. */
const unneeded =
  /(^|\/)(test|tests|idlelib|tkinter|ensurepip|lib2to3|site-packages|config-[^/]*|__pycache__)(\/|$)/;

/** Files of an image, and the interpreter among them that its packages were installed by. */
interface PythonFiles {
  readonly files: LayerFiles;
  readonly interpreter: string;
}

/**
 * Python with the pinned packages, as migrations installed them on this machine (rule N7): installed beforehand, since no
 * container fetches anything.
 * @param cache the image's cache folder.
 */
export async function pythonFiles(cache: string): Promise<PythonFiles> {
  const files: LayerFiles = new Map();
  const add = (more: LayerFiles): void => {
    for (const [path, file] of more) files.set(path, file);
  };
  const installed = join(cacheDirectory(), "python");
  const place = join(cache, "python");
  const pointer = readdirSync(installed).find((name) => /^dependencies-[0-9a-f]+$/.test(name));
  if (pointer === undefined)
    throw new Error(`no Python packages in ${installed}: run a migration of a package first`);
  const python = (await readFile(join(installed, pointer), "utf8")).trim();
  const environment = dirname(dirname(python));
  const moved = join(place, basename(environment));
  add(await filesOf(environment, moved, (path) => path.includes("__pycache__")));
  files.set(join(place, pointer), { kind: "text", text: join(moved, "bin", "python") });
  for (const name of readdirSync(installed).filter((one) => /-[0-9a-f]{16}$/.test(one) && one !== pointer))
    add(await filesOf(join(installed, name), join(place, name), (path) => path.includes("__pycache__")));
  const { files: own, interpreter } = await interpreterFiles(python);
  add(own);
  add(await libraries(environment));
  return { files, interpreter };
}

/** The interpreter and its library, under the paths that the virtual environment names. */
async function interpreterFiles(python: string): Promise<PythonFiles> {
  const ask = "import sys, sysconfig; print(sys._base_executable); print(sysconfig.get_path('stdlib'))";
  const [executable = "", library = ""] = (await run(python, ["-c", ask])).stdout.trim().split("\n");
  const files = await filesOf(library, library, (path) => unneeded.test(path));
  files.set(executable, { kind: "file", from: executable, mode: 0o755 });
  for (const path of await librariesOf([executable, ...extensions(library)]))
    files.set(path, { kind: "file", from: path, mode: 0o755 });
  return { files, interpreter: executable };
}

async function libraries(environment: string): Promise<LayerFiles> {
  const found = (await librariesOf(extensions(environment))).filter((path) => !path.startsWith(environment));
  return new Map(found.map((path) => [path, { kind: "file", from: path, mode: 0o755 }] as const));
}

/** Compiled modules anywhere below a folder. */
function extensions(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".so"))
    .map((path) => join(folder, path));
}
