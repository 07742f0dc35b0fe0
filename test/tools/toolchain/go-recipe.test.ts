import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentHash } from "../../../lib/content-hash";
import { packageRoot } from "../../../lib/package-root";
import { readGoRecipe } from "../../../tools/toolchain/go-recipe";
import { silent } from "../../../tools/toolchain/progress";
import { ToolCache } from "../../../tools/toolchain/tool-cache";
import { goTools, goToolsOfTests } from "../../../tools/toolchain/toolchain";

describe("Go recipes", () => {
  let temporary: string;
  let folder: string;
  beforeEach(async () => {
    temporary = await mkdtemp(join(tmpdir(), "go-recipe-"));
    folder = join(temporary, "recipe");
    await mkdir(folder);
    await writeFile(join(folder, "go.mod"), "module tools\n\ngo 1.22\n");
    const program = 'package main\n\nvar version = "none"\n\nfunc main() { print(version) }\n';
    await writeFile(join(folder, "main.go"), program);
    await recipe({ programs: [{ name: "tiny", package: "." }], set: { "main.version": "v7" } });
  });
  afterEach(() => rm(temporary, { recursive: true }));

  const recipe = (content: object): Promise<void> =>
    writeFile(join(folder, "recipe.json"), JSON.stringify(content));
  const key = async (): Promise<string> => contentHash(await (await readGoRecipe("tiny", folder)).inputs());

  it("build a program with the variables that the recipe sets", async function () {
    this.timeout(60_000);
    const cache = new ToolCache(join(temporary, "cache"), silent);
    const place = await cache.provide(await readGoRecipe("tiny", folder));
    const { stderr } = spawnSync(join(place, "tiny"), { encoding: "utf8" });
    assert.equal(stderr, "v7");
  });

  it("have another key as soon as a source, a flag or a pinned module changes", async () => {
    const keys = [await key()];
    await writeFile(join(folder, "main.go"), "package main\n\nfunc main() {}\n");
    keys.push(await key());
    await recipe({ programs: [{ name: "tiny", package: "." }], set: { "main.version": "v8" } });
    keys.push(await key());
    await writeFile(join(folder, "go.mod"), "module tools\n\ngo 1.21\n");
    keys.push(await key());
    assert.equal(new Set(keys).size, keys.length);
    assert.equal(await key(), keys.at(-1));
  });

  it("refuse a recipe with a key that nobody reads", async () => {
    await recipe({ programs: [{ name: "tiny", package: "." }], sett: {} });
    await assert.rejects(readGoRecipe("tiny", folder), /sett/);
  });

  it("are there for every tool, each with its modules pinned", async () => {
    const recipes = join(packageRoot(), "tools", "toolchain", "recipes");
    assert.deepEqual((await readdir(recipes)).sort(), [...goTools, ...goToolsOfTests].sort());
    for (const name of [...goTools, ...goToolsOfTests]) {
      const { programs } = await readGoRecipe(name);
      assert.ok(programs.length > 0);
      const needs = (await readFile(join(recipes, name, "go.mod"), "utf8")).includes("require");
      assert.equal(existsSync(join(recipes, name, "go.sum")), needs, name);
    }
  });
});
