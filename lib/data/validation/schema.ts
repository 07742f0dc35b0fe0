import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { contentHash } from "../../content-hash";
import { Refusal } from "../../problem";
import type { SchemaVersion } from "../migrations/migration";
import { publishedUnits } from "./published-units";
import type { UnitTable } from "./units";
import { installPackage, type Says } from "../migrations/python/environment";

/** A JSON Schema as its package publishes it. */
export interface PublishedSchema {
  readonly version: SchemaVersion;
  readonly file: string;
  readonly content: SchemaDocument;
  /** Content hash of the file's bytes. */
  readonly hash: string;
  /** The package's units check; empty when it has none. */
  readonly units: UnitTable;
}

const reference = z.object({ $ref: z.string() });
const definition = z.looseObject({
  properties: z.record(z.string(), z.looseObject({ enum: z.array(z.unknown()).optional() })).optional(),
});
/** What is relied on: a root whose properties are the collections, each a list of one or of several classes. */
const schemaDocument = z.looseObject({
  $id: z.string(),
  $schema: z.string(),
  $defs: z.record(z.string(), definition),
  properties: z.record(
    z.string(),
    z.looseObject({ items: z.union([reference, z.object({ anyOf: z.array(reference) })]) }),
  ),
});
export type SchemaDocument = z.infer<typeof schemaDocument>;

/**
 * The JSON Schema of a package's version: the one with materialized patterns, which the running API judges by as well;
 * a package that has none gives its plain one.
 * @throws Refusal when the package isn't pinned or has no schema that can be used.
 */
export async function publishedSchema(version: SchemaVersion, says?: Says): Promise<PublishedSchema> {
  const { folder } = await installPackage(version, says);
  const modules = join(folder, version.package.replaceAll("-", "_"));
  const files = (await readdir(modules)).filter((name) => name.endsWith(".schema.json")).sort();
  const name = files.find((candidate) => candidate.includes("materialized_patterns")) ?? files[0];
  if (name === undefined) throw unusable(version, modules, "no file *.schema.json");
  const file = join(modules, name);
  return { ...(await schemaOf(version, file)), units: await publishedUnits(modules) };
}

/** The schema that a file holds. @throws Refusal when it can't be used. */
export async function schemaOf(
  version: SchemaVersion,
  file: string,
): Promise<Omit<PublishedSchema, "units">> {
  const bytes = await readFile(file);
  const read = schemaDocument.safeParse(JSON.parse(bytes.toString("utf8")));
  if (!read.success) {
    throw unusable(
      version,
      file,
      read.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; "),
    );
  }
  return { version, file, content: read.data, hash: contentHash(bytes) };
}

/** For each collection, the classes that it may hold, by the value of `type` that names them. */
export function classesByCollection(
  schema: SchemaDocument,
): ReadonlyMap<string, ReadonlyMap<string, string>> {
  return new Map(
    Object.entries(schema.properties).map(([collection, { items }]) => {
      const references =
        "anyOf" in items && Array.isArray(items.anyOf) ? items.anyOf : [items as z.infer<typeof reference>];
      const classes = references.map(({ $ref }) => $ref.slice($ref.lastIndexOf("/") + 1));
      return [
        collection,
        new Map(classes.flatMap((name) => typesOf(schema, name).map((type) => [type, name] as const))),
      ];
    }),
  );
}

function typesOf(schema: SchemaDocument, name: string): readonly string[] {
  const types = schema.$defs[name]?.properties?.["type"]?.enum ?? [];
  return types.filter((type) => typeof type === "string");
}

function unusable(version: SchemaVersion, where: string, found: string): Refusal {
  return new Refusal(`schema ${version.package} ${version.version}`, [
    {
      where,
      found,
      allowed: "a JSON Schema whose root's properties are the collections",
      mend: "take a version of the package that publishes one",
    },
  ]);
}
