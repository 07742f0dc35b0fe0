// Started by a test as a process of its own: builds half a tool, says so, and never ends by itself.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { silent } from "../../../tools/toolchain/progress";
import { ToolCache } from "../../../tools/toolchain/tool-cache";
import { tinyRecipe } from "./tiny-recipe";

const [, , cache = ""] = process.argv;
const recipe = tinyRecipe(async ({ result }) => {
  await writeFile(join(result, "tool"), "hal");
  process.stdout.write("half\n");
  await new Promise((resolve) => setTimeout(resolve, 600_000));
});
void new ToolCache(cache, silent).provide(recipe);
