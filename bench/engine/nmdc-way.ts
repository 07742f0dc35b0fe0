import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { installPackage } from "../../lib/data/migrations/python/environment";
import { packageRoot } from "../../lib/package-root";
import type { BareTools } from "./bare-tools";
import type { BenchDatabase } from "./bench-database";

const run = promisify(execFile);

/**
 * Seconds that NMDC's own release procedure takes: dump each collection with gzip, restore it into a second database, migrate
 * and validate, dump, restore over the live one. It ends on another database name here, so that the next round begins alike.
 */
export async function nmdcWay(database: BenchDatabase, tools: BareTools): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-bench-"));
  const { python, folder: modules } = await installPackage({ package: "nmdc-schema", version: "11.24.0" });
  const names = (await database.db.listCollections({}, { nameOnly: true }).toArray())
    .map(({ name }) => name)
    .filter((name) => name.endsWith("_set"));
  try {
    const begun = performance.now();
    for (const name of names) {
      const args = ["--db", database.name, "--collection", name, "--gzip", "--out", join(folder, "first")];
      await tools.run("mongodump", database, folder, args);
    }
    await restore(database, tools, folder, "first", "transformer");
    const script = join(packageRoot(), "bench", "engine", "nmdc_way.py");
    const module = "nmdc_schema.migrators.migrator_from_11_23_0_to_11_24_0";
    const dumped = join(folder, "first", database.name);
    await run(python, [script, dumped, join(folder, "second", database.name), module], {
      env: { ...process.env, PYTHONPATH: modules, PYTHONSAFEPATH: "1" },
      maxBuffer: 64 << 20,
    });
    await restore(database, tools, folder, "second", "origin");
    return (performance.now() - begun) / 1000;
  } finally {
    await database.client.db("transformer").dropDatabase();
    await database.client.db("origin").dropDatabase();
    await rm(folder, { recursive: true, force: true });
  }
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
