import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import type { SchemaVersion } from "../../../lib/data/migrations";
import { installDependencies, installPackage } from "../../../lib/data/migrations/python/environment";
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
 * Python with schema packages of exact versions (rule N7): installed beforehand, since no container fetches anything.
 * @param cache the image's cache folder.
 */
export async function pythonFiles(packages: readonly SchemaVersion[], cache: string): Promise<PythonFiles> {
  const { python, pointer } = await installDependencies();
  const place = join(cache, "python");
  const environment = dirname(dirname(python));
  const moved = join(place, basename(environment));
  const parts = [await packageFolder(environment, moved)];
  for (const wanted of packages) {
    const { folder } = await installPackage(wanted);
    parts.push(await packageFolder(folder, join(place, basename(folder))));
  }
  const { files: own, interpreter } = await interpreterFiles(python);
  parts.push(own, await libraries(environment));
  const files: LayerFiles = new Map(parts.flatMap((part) => [...part]));
  files.set(join(place, basename(pointer)), { kind: "text", text: join(moved, "bin", "python") });
  return { files, interpreter };
}

/** Without what Python compiled: that knows the time of its source, and the image's files have none. */
function packageFolder(folder: string, place: string): Promise<LayerFiles> {
  return filesOf(folder, place, (path) => path.includes("__pycache__"));
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
