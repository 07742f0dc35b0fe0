import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createRequire } from "node:module";
import { Script } from "node:vm";
import type { ErrorObject } from "ajv";
import { cacheDirectory } from "../../config/embedded";
import { contentHash } from "../../content-hash";
import { moduleName, pythonRegExp } from "./python-regexp";
import type { PublishedSchema } from "./schema";

/** A compiled check, as ajv's standalone code exports it. */
export interface CompiledCheck {
  (document: unknown): boolean;
  errors?: readonly ErrorObject[] | null;
}

/** Compiled checks by class name, and the whole database's under `rootFunction`. */
export type CompiledChecks = Readonly<Record<string, CompiledCheck>>;

/** Raised whenever what is compiled changes though the schema does not. */
const recipe = 5;
const requireHere = createRequire(__filename);

/**
 * Makes sure that a schema's checks lie compiled in the cache; compiling takes seconds, loading a tenth of one.
 * @returns the file of the code; V8's own cache of it lies beside it.
 */
export async function cacheValidator(schema: PublishedSchema): Promise<string> {
  const { version } = requireHere("ajv/package.json") as { version: string };
  const key = contentHash({ schema: schema.hash, ajv: version, recipe }).slice(
    "sha256:".length,
    "sha256:".length + 24,
  );
  const folder = join(cacheDirectory(), "validators");
  const file = join(folder, `${schema.version.package}-${schema.version.version}-${key}.js`);
  if (existsSync(file)) return file;
  // ajv's compiler is loaded only when there is something to compile.
  const { compileSchema } = await import("./compile");
  const code = compileSchema(schema);
  await mkdir(folder, { recursive: true });
  const partial = `${file}.${process.pid}.${Date.now().toString(36)}`;
  await writeFile(partial, code);
  await rename(partial, file);
  await loadChecks(file, true);
  return file;
}

/** Where V8's own cache of a file's code lies; another version of Node makes its own. */
export function codeCacheOf(file: string): string {
  return `${file}.${process.version}.${process.arch}.cache`;
}

/** Loads compiled checks in this thread. */
export async function loadChecks(file: string, remember = false): Promise<CompiledChecks> {
  const cacheFile = codeCacheOf(file);
  const cachedData = existsSync(cacheFile) ? await readFile(cacheFile) : undefined;
  const source = `(function (exports, require) {${await readFile(file, "utf8")}\n})`;
  const script = new Script(source, { filename: file, ...(cachedData && { cachedData }) });
  const checks: Record<string, CompiledCheck> = {};
  const define = script.runInThisContext() as (exports: object, require: (name: string) => unknown) => void;
  define(checks, (name) => (name === moduleName ? { pythonRegExp } : (requireHere(name) as unknown)));
  if (!cachedData || script.cachedDataRejected || remember) {
    const partial = `${cacheFile}.${process.pid}.${Date.now().toString(36)}`;
    await writeFile(partial, script.createCachedData());
    await rename(partial, cacheFile);
  }
  return checks;
}
