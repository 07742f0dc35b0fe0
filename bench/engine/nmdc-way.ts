import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { installPackage } from "../../lib/data/migrations/python/environment";
import { packageRoot } from "../../lib/package-root";
import type { BareTools } from "./bare-tools";
import type { BenchDatabase } from "./bench-database";

const run = promisify(execFile);
const migratorModule = "nmdc_schema.migrators.migrator_from_11_23_0_to_11_24_0";

/**
 * Who judges the documents. `cli`: their command line (`nmdc-migration-cli`), LinkML's validator of the release that its lock
 * names; newer ones call valid documents invalid, and their command stops at the first. `notebooks`: what came before it, the
 * whole JSON Schema on one document at a time.
 */
export type NmdcValidator = "cli" | "notebooks";

/** What one run of NMDC's way took, in seconds: the whole, and each part in the order of their steps. */
export interface NmdcFigures {
  readonly seconds: number;
  readonly parts: Readonly<Record<string, number>>;
}

/**
 * NMDC's own release procedure, in the order of its `main.py`: dump each collection with gzip, restore it into a second
 * database, migrate, validate every document by its class, dump with gzip, restore over the live one. All collections are
 * listed, since ours validates all. Left out in their favour: the installation by pip, revoking and restoring roles, progress
 * bars, reading documents from the server. It ends on another database name, so that the next round begins alike.
 */
export async function nmdcWay(
  database: BenchDatabase,
  tools: BareTools,
  validator: NmdcValidator,
): Promise<NmdcFigures> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-bench-"));
  const { python, path } = await theirPackages();
  const { theirs: names } = await database.names();
  const parts: Record<string, number> = {};
  const timed = async <Result>(part: string, work: () => Promise<Result>): Promise<Result> => {
    const begun = performance.now();
    const done = await work();
    parts[part] = (performance.now() - begun) / 1000;
    return done;
  };
  try {
    await timed("dump", async () => {
      for (const name of names) {
        const args = ["--db", database.name, "--collection", name, "--gzip", "--out", join(folder, "first")];
        await tools.run("mongodump", database, folder, args);
      }
    });
    await timed("load", () => restore(database, tools, folder, "first", "transformer"));
    const script = join(packageRoot(), "bench", "engine", "nmdc_way.py");
    const folders = [join(folder, "first", database.name), join(folder, "second", database.name)];
    const { stdout } = await timed("python", () =>
      run(python, [script, ...folders, migratorModule, validator], {
        env: { ...process.env, PYTHONPATH: path, PYTHONSAFEPATH: "1" },
        maxBuffer: 64 << 20,
      }),
    );
    await timed("restore", () => restore(database, tools, folder, "second", "origin"));
    const { python: whole = 0, ...ours } = parts;
    const inside = JSON.parse(stdout) as Record<string, number>;
    const seconds = sum(Object.values(parts));
    return { seconds, parts: { ...ours, start: whole - sum(Object.values(inside)), ...inside } };
  } finally {
    await database.client.db("transformer").dropDatabase();
    await database.client.db("origin").dropDatabase();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The schema package that the release leads to, and LinkML as their command's lock (`uv.lock`) has it, before ours. */
async function theirPackages(): Promise<{ readonly python: string; readonly path: string }> {
  const schema = await installPackage({ package: "nmdc-schema", version: "11.24.0" });
  const linkml = await installPackage({ package: "linkml", version: "1.10.0" });
  const runtime = await installPackage({ package: "linkml-runtime", version: "1.10.0" });
  const path = [linkml, runtime, schema].map(({ folder }) => folder).join(delimiter);
  return { python: schema.python, path };
}

function sum(seconds: readonly number[]): number {
  return seconds.reduce((total, part) => total + part, 0);
}

async function restore(
  database: BenchDatabase,
  tools: BareTools,
  folder: string,
  dump: string,
  target: string,
): Promise<void> {
  const renamed = ["--nsFrom", `${database.name}.*`, "--nsTo", `${target}.*`];
  const args = ["--gzip", "--drop", "--stopOnError", ...renamed, join(folder, dump)];
  await tools.run("mongorestore", database, folder, args);
}
