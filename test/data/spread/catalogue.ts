import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Document } from "mongodb";
import type { ExecutionSpec, ReleaseSpec } from "../../../lib/data/protocol";
import { scratch } from "../../scratch";
import { fill } from "../engine-run";

/** A system of a test: a migration that does everything that one can do to documents and collections. */
export const thingsInAll = 1200;

/** Every twentieth goes, and the parts that refer to it lead nowhere then. */
const goes = (n: number): boolean => n % 20 === 0;

export async function fillCatalogue(uri: string, database: string): Promise<void> {
  const text = "x".repeat(1500);
  const numbers = Array.from({ length: thingsInAll }, (_, n) => n);
  await fill(uri, database, {
    things: numbers.map((n): Document => ({ _id: n, id: `t:thing-${n}`, size: n, text: `${text}${n}` })),
    parts: numbers.map((n): Document => ({
      _id: `part-${String(n).padStart(4, "0")}`,
      of: `t:thing-${n}`,
      text: `${text}${n}`,
    })),
    names: [1, 2, 3].map((n): Document => ({ _id: n, name: `name ${n}` })),
    notes: [1, 2].map((n): Document => ({ _id: n, id: `t:note-${n}` })),
  });
}

const collections: readonly string[] = ["things", "parts", "names", "notes", "nothing"];

/** What the migration does with its documents; a test may put something else in its place. */
const whole = `{
  collections: {
    things: (one) => (one["size"] % 20 === 0 ? removed("every twentieth: " + one["id"]) : one["size"] % 3 === 0 ? { ...one, grown: one["size"] * 2 } : one),
  },
  renames: { names: "labels" },
  deletes: { notes: "nobody reads them" },
  creates: { kinds: [{ _id: 1, name: "large" }, { _id: 2, name: "small" }] },
}`;

/** The catalogue's migration list. @returns its folder. */
export function catalogueMigrations(body = whole, before = collections): string {
  return ownMigrations("catalogue", { before, made: ["labels", "kinds"], body });
}

/**
 * A migration list of a system from 1.0.0 to 2.0.0, with schemas of its own.
 * @param before collections of the older version. @param made those that the newer one has besides. @param body what
 *   `defineMigration` is given.
 * @returns its folder.
 */
export function ownMigrations(
  system: string,
  {
    before,
    made,
    body,
  }: { readonly before: readonly string[]; readonly made: readonly string[]; readonly body: string },
): string {
  const list = scratch("list");
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(list, name)), { recursive: true });
    writeFileSync(join(list, name), text);
  };
  write(`${system}/1.0.0.schema.json`, schemaText(system, "1.0.0", before));
  write(`${system}/2.0.0.schema.json`, schemaText(system, "2.0.0", [...before, ...made]));
  write(
    `${system}/1.0.0-to-2.0.0/migration.ts`,
    `import { defineMigration, removed } from "slipway/lib/data/migrations/typescript/define";\nvoid removed;\nexport default defineMigration(${body});\n`,
  );
  return list;
}

function schemaText(system: string, version: string, collections: readonly string[]): string {
  const properties = Object.fromEntries(
    collections.map((name) => [
      name,
      { type: "array", items: { $ref: name === "things" ? "#/$defs/Thing" : "#/$defs/Any" } },
    ]),
  );
  return JSON.stringify({
    $schema: "https://json-schema.org/draft/2019-09/schema",
    $id: `https://schema.slipway.example/${system}/${version}`,
    type: "object",
    $defs: {
      Any: { type: "object" },
      Thing: {
        type: "object",
        required: ["id", "size"],
        properties: { size: { type: "integer", maximum: 100_000 } },
      },
    },
    properties,
  });
}

/** A release of the system's next version. */
export function catalogueRelease(spec: ReleaseSpec, version: string, migrations: string): ReleaseSpec {
  return {
    ...spec,
    release: `v${version}`,
    hash: `sha256:${version}`,
    schema: { package: "catalogue", version },
    migrations,
  };
}

/** Small pieces, so that there are some of each collection. */
export function spread(changes: Partial<ExecutionSpec> = {}): ExecutionSpec {
  return {
    kind: "kubernetes",
    workers: 2,
    image: "",
    claim: "",
    resources: { cpu: "500m", memory: "512Mi" },
    segment: 0.25,
    within: 600,
    ...changes,
  };
}

/** Ids of things that the migration takes away. */
export const goneThings = Array.from({ length: thingsInAll }, (_, n) => n).filter(goes).length;
