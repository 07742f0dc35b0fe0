import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { cacheDirectory } from "../../../config/embedded";
import { contentHash } from "../../../content-hash";
import { Refusal } from "../../../problem";
import type { SchemaVersion } from "../migration";
import { findInterpreter } from "./interpreter";
import { dependenciesPin, packagePin } from "./pins";

const run = promisify(execFile);

/** A schema package installed with everything that it needs. */
export interface PythonPackage {
  /** Interpreter of the virtual environment that holds the dependencies. */
  readonly python: string;
  /** Folder that holds the package itself; goes first on the module path. */
  readonly folder: string;
}

/** Tells people what takes long. */
export type Says = (what: string) => void;

/**
 * Installs one exact version of a schema package into the cache, once per content of its pins; a second call finds it.
 * A killed installation leaves nothing that is taken for a whole one (rule N7).
 * @throws Refusal when the version is not pinned, or pip can't install exactly what is pinned.
 */
export async function installPackage(
  schema: SchemaVersion,
  says: Says = () => undefined,
): Promise<PythonPackage> {
  const pin = packagePin(schema);
  const { python } = await installDependencies(says);
  const folder = join(cacheFolder(), `${schema.package}-${schema.version}-${shortKey(pin.text)}`);
  if (existsSync(folder)) return { python, folder };
  says(`installing ${schema.package} ${schema.version}`);
  const partial = partialName(folder);
  await pip(python, ["--no-deps", "--target", partial, "--requirement", pin.file]);
  await rename(partial, folder).catch(async (error: unknown) => {
    // Another process was faster: what it installed is the same by content.
    if (!existsSync(folder)) throw error;
    await rm(partial, { recursive: true, force: true });
  });
  return { python, folder };
}

/** What all schema packages need: the interpreter of its virtual environment, and the file that points at it. */
export interface PythonDependencies {
  readonly python: string;
  readonly pointer: string;
}

/**
 * Installs what all schema packages need, once per interpreter and content of the pins. A virtual environment can't be moved, so it
 * is built in its place, and a file that is renamed into place points at it.
 * @throws Refusal when there is no Python, or pip can't install exactly what is pinned.
 */
export async function installDependencies(says: Says = () => undefined): Promise<PythonDependencies> {
  const interpreter = await findInterpreter();
  const pin = dependenciesPin();
  const pointer = join(cacheFolder(), `dependencies-${shortKey(`${interpreter.identity}\n${pin.text}`)}`);
  const known = await readPointer(pointer);
  if (known) return { python: known, pointer };
  await mkdir(cacheFolder(), { recursive: true });
  await removeAbandoned(basename(pointer));
  const place = partialName(pointer);
  says("installing the pinned Python packages, about half a minute");
  await run(interpreter.command, ["-m", "venv", place]);
  const python = join(place, "bin", "python");
  await pip(python, ["--requirement", pin.file]);
  const partial = `${place}.pointer`;
  await writeFile(partial, python);
  await rename(partial, pointer);
  return { python, pointer };
}

async function pip(python: string, args: readonly string[]): Promise<void> {
  try {
    const quiet = ["--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes"];
    await run(python, ["-m", "pip", "install", ...quiet, ...args], { maxBuffer: 64 << 20 });
  } catch (error) {
    const text = (error as { stderr?: string }).stderr ?? String(error);
    throw new Refusal("Python packages", [
      {
        where: args.at(-1) ?? "pip",
        found: text.trim().split("\n").slice(-6).join("\n"),
        allowed: "exactly the pinned versions, with the pinned hashes",
        mend: "see that the package index can be reached; a hash that differs means another file: don't use it",
      },
    ]);
  }
}

function cacheFolder(): string {
  return join(cacheDirectory(), "python");
}

async function readPointer(pointer: string): Promise<string | undefined> {
  const python = await readFile(pointer, "utf8").catch(() => undefined);
  return python !== undefined && existsSync(python) ? python : undefined;
}

function partialName(path: string): string {
  return `${path}.${process.pid}.${Date.now().toString(36)}`;
}

/** Half-made environments of processes that are gone. */
async function removeAbandoned(prefix: string): Promise<void> {
  for (const name of await readdir(cacheFolder())) {
    const pid = name.startsWith(`${prefix}.`)
      ? Number(name.slice(prefix.length + 1).split(".")[0])
      : Number.NaN;
    if (Number.isInteger(pid) && !isAlive(pid)) {
      await rm(join(cacheFolder(), name), { recursive: true, force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function shortKey(text: string): string {
  return contentHash(Buffer.from(text)).slice("sha256:".length, "sha256:".length + 16);
}
