import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Json } from "../../../lib/content-hash";
import type { Recipe, Workshop } from "../../../tools/toolchain/recipe";

/** A tool of one file. */
export function tinyRecipe(
  build: (workshop: Workshop) => Promise<void> = ({ result }) => writeFile(join(result, "tool"), "whole"),
  inputs: Json = { version: 1 },
): Recipe {
  return { name: "tiny", inputs: () => Promise.resolve(inputs), build };
}
