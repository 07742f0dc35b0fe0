import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheDirectory } from "../../lib/config/embedded";
import { readGoRecipe } from "../../tools/toolchain/go-recipe";
import { findOnMachine } from "../../tools/toolchain/on-machine";
import { silent } from "../../tools/toolchain/progress";
import { ToolCache } from "../../tools/toolchain/tool-cache";
import type { BenchDatabase } from "./bench-database";

const run = promisify(execFile);

/** mongodump and mongorestore: the machine's own, or built into the tool cache. */
export class BareTools {
  private constructor(private readonly folder: string) {}

  static async provide(): Promise<BareTools> {
    const recipe = await readGoRecipe("mongo-tools");
    const found = recipe.machine === undefined ? undefined : await findOnMachine(recipe.machine);
    const dump = found?.get("mongodump");
    if (dump !== undefined) return new BareTools(join(dump, ".."));
    return new BareTools(await new ToolCache(cacheDirectory(), silent).provide(recipe));
  }

  /**
   * Seconds of a bare dump of the database's own collections and their restore under another name; the copy is dropped again.
   */
  async dumpAndRestore(database: BenchDatabase): Promise<number> {
    const folder = await mkdtemp(join(tmpdir(), "slipway-bench-"));
    const excluded = (await database.names()).beside.flatMap((name) => ["--excludeCollection", name]);
    try {
      const begun = performance.now();
      const args = ["--db", database.name, ...excluded, "--out", join(folder, "dump")];
      await this.run("mongodump", database, folder, args);
      const names = ["--nsFrom", `${database.name}.*`, "--nsTo", "copy.*"];
      await this.run("mongorestore", database, folder, [...names, "--drop", join(folder, "dump")]);
      return (performance.now() - begun) / 1000;
    } finally {
      await database.client.db("copy").dropDatabase();
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Runs one tool; the connection string goes by a file, since it holds a password. */
  async run(
    tool: "mongodump" | "mongorestore",
    database: BenchDatabase,
    folder: string,
    args: readonly string[],
  ): Promise<void> {
    const config = join(folder, "connection.yaml");
    await writeFile(config, `uri: ${database.server.uri("slipway")}\n`, { mode: 0o600 });
    await run(join(this.folder, tool), ["--config", config, ...args], { maxBuffer: 64 << 20 });
  }
}
