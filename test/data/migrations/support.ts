import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { BSON, type Document } from "mongodb";
import type { Block, DocumentSink, DocumentSource } from "../../../lib/data/blocks";
import { FolderStorage } from "../../../lib/data/dump/folder-storage";
import { frames } from "../../../lib/data/bson-frames";
import {
  type Beside,
  loadMigrations,
  type Migration,
  type ProcessReport,
} from "../../../lib/data/migrations";
import { type Prepared, prepareData } from "../../../lib/data/migrations/prepare";
import { processData } from "../../../lib/data/migrations/process";
import { OrderFreeHash } from "../../../lib/data/order-free-hash";
import { packageRoot } from "../../../lib/package-root";

export type Database = Readonly<Record<string, readonly Document[]>>;
export type RawDatabase = Readonly<Record<string, readonly Uint8Array[]>>;

/** The NMDC examples: the given file beside the project where it is there, the project's own copy otherwise. */
export function examples(): Record<string, Document[]> {
  const given = join(packageRoot(), "..", "shared", "data", "nmdc-11.23.0.json");
  const own = join(packageRoot(), "tools", "dataset", "nmdc-11.23.0.json");
  return JSON.parse(readFileSync(existsSync(given) ? given : own, "utf8")) as Record<string, Document[]>;
}

export function schema(version: string): { readonly package: string; readonly version: string } {
  return { package: "nmdc-schema", version };
}

export function publishedChain(from: string, to: string): readonly Migration[] {
  return loadMigrations(join(packageRoot(), "migrations")).chain("nmdc-schema", from, to);
}

/** Documents as BSON; those without an `_id` get one by their place. */
export function toRaw(database: Database): Record<string, Uint8Array[]> {
  return Object.fromEntries(
    Object.entries(database).map(([collection, documents], group) => [
      collection,
      documents.map((document, at) =>
        BSON.serialize("_id" in document ? document : { _id: objectId(group, at), ...document }),
      ),
    ]),
  );
}

/** A database in memory; blocks of a few documents, so that more than one is needed. */
export function sourceOf(database: RawDatabase, perBlock = 10): DocumentSource {
  return {
    collections: () => Promise.resolve(Object.keys(database)),
    async *read(collection) {
      const documents = database[collection] ?? [];
      for (let at = 0; at < documents.length; at += perBlock) {
        const part = documents.slice(at, at + perBlock);
        yield await Promise.resolve({
          collection,
          bytes: Uint8Array.from(Buffer.concat(part)),
          documents: part.length,
        });
      }
    },
  };
}

/** Takes what a release would load. */
export class CollectingSink implements DocumentSink {
  readonly written = new Map<string, Uint8Array[]>();
  readonly ended: string[] = [];

  begin(collection: string): Promise<void> {
    this.written.set(collection, []);
    return Promise.resolve();
  }

  write(block: Block): Promise<void> {
    this.written
      .get(block.collection)
      ?.push(...[...frames(block.bytes, block.collection)].map((one) => one.slice()));
    return Promise.resolve();
  }

  end(collection: string): Promise<void> {
    this.ended.push(collection);
    return Promise.resolve();
  }

  documents(collection: string): Document[] {
    return (this.written.get(collection) ?? []).map((bytes) => BSON.deserialize(bytes));
  }
}

export function hashOf(documents: readonly Uint8Array[]): string {
  const hash = new OrderFreeHash();
  for (const document of documents) hash.add(document);
  return hash.toString();
}

/** A private folder for the length of one action. */
export async function withFolder<T>(action: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-test-"));
  try {
    return await action(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export interface Processed {
  readonly report: ProcessReport;
  readonly sink: CollectingSink;
  /** Lines of the report file. */
  readonly lines: readonly Record<string, unknown>[];
  /** The file of removed documents, where there is one. */
  readonly removed: string | undefined;
}

/** Runs a chain over a database in memory, validated by 11.24.0 unless said otherwise. */
export async function run(
  database: RawDatabase,
  chain: readonly Migration[],
  options: {
    readonly to?: string;
    readonly before?: string;
    readonly prepared?: Prepared;
    readonly signal?: AbortSignal;
    readonly beside?: Beside;
  } = {},
): Promise<Processed> {
  return withFolder(async (folder) => {
    const sink = new CollectingSink();
    const reportFile = join(folder, "invalid.ndjson");
    const report = await processData(
      {
        chain,
        schema: schema(options.to ?? "11.24.0"),
        before: schema(options.before ?? "11.23.0"),
        source: sourceOf(database),
        sink,
        reports: new FolderStorage(folder),
        scratch: folder,
        ...(options.beside && { beside: options.beside }),
        ...(options.signal && { signal: options.signal }),
      },
      options.prepared,
    );
    const text = readFileSync(reportFile, "utf8").trim();
    const lines =
      text === "" ? [] : text.split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
    const removedFile = join(folder, "removed.ndjson");
    const removed = existsSync(removedFile) ? readFileSync(removedFile, "utf8") : undefined;
    return { report, sink, lines, removed };
  });
}

/** A migration list of one step, written for a test. */
export async function writeStep(
  folder: string,
  name: string,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  for (const [file, content] of Object.entries(files)) {
    const path = join(folder, "nmdc-schema", name, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  return folder;
}

/** A published package with one more migrator in it: the body of its `upgrade`. */
export async function withPythonMigrator<T>(
  body: string,
  action: (migration: Migration, prepared: Prepared) => Promise<T>,
  options: {
    readonly mayBeMissing?: readonly string[];
    readonly helpers?: string;
    readonly to?: string;
  } = {},
): Promise<T> {
  return withFolder(async (folder) => {
    const published = publishedChain("11.23.0", "11.24.0");
    const prepared = await prepareData(published, schema("11.24.0"), schema("11.23.0"));
    const [installed] = prepared.packages.values();
    if (!installed) throw new Error("the package was not installed");
    for (const name of ["nmdc_schema", "nmdc_schema-11.24.0.dist-info"]) {
      await symlink(join(installed.folder, name), join(folder, name));
    }
    const indented = body
      .trim()
      .split("\n")
      .map((line) => `        ${line}`)
      .join("\n");
    await writeFile(
      join(folder, "made_up.py"),
      `from nmdc_schema.migrators.migrator_base import MigratorBase
${options.helpers ?? ""}

class Migrator(MigratorBase):
    _from_version = "11.23.0"
    _to_version = "${options.to ?? "11.24.0"}"

    def upgrade(self, commit_changes=False):
${indented}
`,
    );
    const migration: Migration = {
      id: "nmdc-schema/11.23.0-to-11.24.0",
      package: "nmdc-schema",
      from: "11.23.0",
      to: "11.24.0",
      hash: `sha256:${Buffer.from(body).toString("hex")}`,
      folder,
      step: { kind: "python", module: "made_up", mayBeMissing: options.mayBeMissing ?? [] },
    };
    return action(migration, { ...prepared, packages: new Map([[migration.id, { ...installed, folder }]]) });
  });
}

function objectId(group: number, at: number): BSON.ObjectId {
  return new BSON.ObjectId(`${group.toString(16).padStart(8, "0")}${at.toString(16).padStart(16, "0")}`);
}
