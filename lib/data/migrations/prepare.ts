import { ownSchema } from "../validation/own-schema";
import { classesByCollection, publishedSchema } from "../validation/schema";
import { cacheValidator } from "../validation/validator-cache";
import type { LoadedSchema } from "../validation/worker-tasks";
import type { Migration, SchemaVersion } from "./migration";
import { installPackage, type PythonPackage, type Says } from "./python/environment";

/** Everything that a data release takes from outside, on this machine and whole (rule N7). */
export interface Prepared {
  readonly schema: LoadedSchema & { readonly hash: string };
  readonly before?: LoadedSchema & { readonly hash: string };
  /** Per Python step, by its id. */
  readonly packages: ReadonlyMap<string, PythonPackage>;
}

/** Where schemas come from, and who is told of it. */
export interface SchemaSource {
  /** Folder of the migration list; a schema that lies in it is taken before any package. */
  readonly list?: string;
  readonly says?: Says;
}

/**
 * Installs the packages of a chain's Python steps and compiles the schemas; done before writes are closed, and quick when
 * it was done before.
 * @throws Refusal when a package isn't pinned, can't be installed, or has a schema that can't be used.
 */
export async function prepareData(
  chain: readonly Migration[],
  schema: SchemaVersion,
  before?: SchemaVersion,
  { list, says }: SchemaSource = {},
): Promise<Prepared> {
  // One after the other: a first installation fills the cache that the next one finds.
  const after = await loadedSchema(schema, list, says);
  const earlier = before && (await loadedSchema(before, list, says));
  const packages = new Map<string, PythonPackage>();
  for (const migration of chain) {
    if (migration.step.kind !== "python") continue;
    packages.set(
      migration.id,
      await installPackage({ package: migration.package, version: migration.to }, says),
    );
  }
  return { schema: after, ...(earlier && { before: earlier }), packages };
}

async function loadedSchema(
  version: SchemaVersion,
  list: string | undefined,
  says?: Says,
): Promise<LoadedSchema & { readonly hash: string }> {
  const schema =
    (list === undefined ? undefined : await ownSchema(version, list)) ??
    (await publishedSchema(version, says));
  const file = await cacheValidator(schema);
  return {
    file,
    classes: classesByCollection(schema.content),
    units: schema.units,
    hash: schema.hash,
  };
}
