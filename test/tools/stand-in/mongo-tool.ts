import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheDirectory } from "../../../lib/config/embedded";
import { readGoRecipe } from "../../../tools/toolchain/go-recipe";
import { findOnMachine } from "../../../tools/toolchain/on-machine";
import { silent } from "../../../tools/toolchain/progress";
import { ToolCache } from "../../../tools/toolchain/tool-cache";

const run = promisify(execFile);

/** Runs one of MongoDB's own tools; the connection string goes by a file, as it holds a password (rule X5). */
export async function mongoTool(
  program: "mongodump" | "mongorestore",
  uri: string,
  folder: string,
  args: readonly string[],
): Promise<string> {
  const recipe = await readGoRecipe("mongo-tools");
  const found = recipe.machine === undefined ? undefined : await findOnMachine(recipe.machine);
  const file =
    found?.get(program) ?? join(await new ToolCache(cacheDirectory(), silent).provide(recipe), program);
  const config = join(folder, "connection.yaml");
  await writeFile(config, `uri: ${uri}\n`, { mode: 0o600 });
  const { stderr } = await run(file, ["--config", config, ...args]);
  return stderr;
}
