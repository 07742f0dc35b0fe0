import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { contentHash } from "../../content-hash";
import { Refusal } from "../../problem";
import { type DumpStorage, putBytes } from "../dump/storage";
import type { Migration, SchemaVersion } from "../migrations";
import type { Prepared } from "../migrations/prepare";
import { installPackage, type PythonPackage } from "../migrations/python/environment";
import { codeCacheOf } from "../validation/validator-cache";
import type { LoadedSchema } from "../validation/worker-tasks";
import { getSealed, putSealed, StorageFault } from "./sealed";

type Needs = {
  readonly chain: readonly Migration[];
  readonly schema: SchemaVersion;
  readonly before?: SchemaVersion;
};

/** A schema as it travels: what is a map is a list of pairs. */
interface PackedSchema {
  readonly file: string;
  readonly classes: readonly (readonly [string, readonly (readonly [string, string])[]])[];
  readonly units: readonly (readonly [string, readonly string[]])[];
  readonly hash: string;
}

interface Packed {
  readonly schema: SchemaVersion;
  readonly before?: SchemaVersion;
  readonly compiled: { readonly after: PackedSchema; readonly before?: PackedSchema };
  readonly steps: readonly { readonly id: string; readonly hash: string }[];
  /** Content hash of every file, by its name in the pack. */
  readonly files: Readonly<Record<string, string>>;
}

/** What a worker migrates and judges by. */
export interface Unpacked extends Needs {
  readonly prepared: Prepared;
}

const manifest = "process.json";

/**
 * Puts compiled schemas and migrations into the storage, where workers find them: so no worker compiles, and none can have
 * others. Python packages are not among them: they are in the workers' image.
 * @returns content hash of all of it.
 */
export async function packProcess(storage: DumpStorage, needs: Needs, prepared: Prepared): Promise<string> {
  const files: Record<string, string> = {};
  const put = async (name: string, bytes: Buffer): Promise<void> => {
    files[name] = contentHash(bytes);
    await putBytes(storage, name, bytes);
  };
  const schema = async ({ file, classes, units, hash }: Prepared["schema"]): Promise<PackedSchema> => {
    const name = `schemas/${basename(file)}`;
    await put(name, await readFile(file));
    const cache = codeCacheOf(file);
    // A worker with the same Node compiles nothing, one with another does it by itself.
    if (existsSync(cache)) await put(`schemas/${basename(cache)}`, await readFile(cache));
    return {
      file: name,
      classes: [...classes].map(([key, types]) => [key, [...types]]),
      units: [...units],
      hash,
    };
  };
  const after = await schema(prepared.schema);
  const before = prepared.before && (await schema(prepared.before));
  for (const { id, folder } of needs.chain) {
    for (const file of await filesBelow(folder))
      await put(`steps/${id}/${file}`, await readFile(join(folder, file)));
  }
  const packed: Packed = {
    schema: needs.schema,
    ...(needs.before && { before: needs.before }),
    compiled: { after, ...(before && { before }) },
    steps: needs.chain.map(({ id, hash }) => ({ id, hash })),
    files,
  };
  return putSealed(storage, manifest, packed);
}

/**
 * Takes it out of the storage into a local folder, every file proved by its hash.
 * @throws StorageFault when the storage gives something else; Refusal when the steps are not those of the release.
 */
export async function unpackProcess(storage: DumpStorage, seal: string, folder: string): Promise<Unpacked> {
  const packed = (await getSealed(storage, manifest, seal)) as unknown as Packed;
  await mkdir(join(folder, "steps"), { recursive: true });
  for (const [name, hash] of Object.entries(packed.files)) {
    const bytes = await allOf(storage, name);
    if (contentHash(bytes) !== hash)
      throw new StorageFault(storage.where(name), "other bytes than were put there");
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
  const loaded = ({
    file,
    classes,
    units,
    hash,
  }: PackedSchema): LoadedSchema & { readonly hash: string } => ({
    file: join(folder, file),
    classes: new Map(classes.map(([key, types]) => [key, new Map(types)])),
    units: new Map(units),
    hash,
  });
  const chain = await stepsOf(packed, join(folder, "steps"));
  return {
    chain,
    schema: packed.schema,
    ...(packed.before && { before: packed.before }),
    prepared: {
      schema: loaded(packed.compiled.after),
      ...(packed.compiled.before && { before: loaded(packed.compiled.before) }),
      packages: await packagesOf(chain),
    },
  };
}

async function stepsOf({ steps }: Packed, folder: string): Promise<readonly Migration[]> {
  if (steps.length === 0) return [];
  const { loadMigrations } = await import("../migrations/load");
  const list = loadMigrations(folder).steps;
  return steps.map(({ id, hash }) => {
    const found = list.find((step) => step.id === id);
    if (found?.hash === hash) return found;
    throw new Refusal("worker", [
      {
        where: `migration ${id}`,
        found: `content hash ${found?.hash ?? "none"}`,
        allowed: `${hash}, as the release has it`,
        mend: "build the workers' image from the commit that is released: its pins of packages are others",
      },
    ]);
  });
}

async function packagesOf(chain: readonly Migration[]): Promise<ReadonlyMap<string, PythonPackage>> {
  const packages = new Map<string, PythonPackage>();
  for (const { id, step, package: name, to } of chain) {
    if (step.kind === "python") packages.set(id, await installPackage({ package: name, version: to }));
  }
  return packages;
}

async function allOf(storage: DumpStorage, name: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of storage.get(name)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .sort();
}
