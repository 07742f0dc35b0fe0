import { execFile } from "node:child_process";
import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { contentHash, type Json } from "../../lib/content-hash";
import { Refusal } from "../../lib/problem";
import { packageRoot } from "../../lib/package-root";
import type { OnMachine, Recipe, Workshop } from "./recipe";

const moduleFile = z.strictObject({
  module: z.string(),
  file: z.string(),
  as: z.string(),
  /** Members to set in a JSON file. */
  json: z.record(z.string(), z.string()).optional(),
});

/** What `recipes/<name>/recipe.json` may hold; beside it lie `go.mod`, `go.sum` and sources of our own. */
const goRecipe = z.strictObject({
  programs: z.array(z.strictObject({ name: z.string(), package: z.string() })).min(1),
  /** Variables that the linker sets (`-X name=value`). */
  set: z.record(z.string(), z.string()).default({}),
  /** Without libc: the program is to run inside an otherwise empty image. */
  static: z.boolean().default(false),
  /** Files of a module that the build needs beside the sources. */
  sources: z.array(moduleFile).default([]),
  /** Files of a module that are a part of the tool; executable. */
  results: z.array(moduleFile).default([]),
  /** What on the machine makes the build unnecessary. */
  machine: z
    .strictObject({ programs: z.array(z.string()), version: z.array(z.string()).min(1), atLeast: z.string() })
    .optional(),
});

type GoRecipe = z.infer<typeof goRecipe>;

/** A tool that is built from Go modules, and what on the machine would do as well. */
export interface GoTool extends Recipe {
  /** Names of the executables in the tool's folder. */
  readonly programs: readonly string[];
  readonly machine: OnMachine | undefined;
}

const run = promisify(execFile);

// The user's own settings of Go must not change what a recipe means.
const goEnvironment = { GOFLAGS: "-mod=readonly -buildvcs=false", GOWORK: "off" };

/** Reads the recipe `name` of this project. */
export async function readGoRecipe(
  name: string,
  folder = join(packageRoot(), "tools", "toolchain", "recipes", name),
): Promise<GoTool> {
  const recipe = goRecipe.parse(JSON.parse(await readFile(join(folder, "recipe.json"), "utf8")));
  return {
    name,
    programs: [...recipe.programs.map((program) => program.name), ...recipe.results.map((file) => file.as)],
    machine: recipe.machine,
    inputs: async () => ({ files: await hashes(folder), compiler: await compiler(folder, recipe) }),
    build: (workshop) => build(folder, recipe, workshop),
  };
}

async function hashes(folder: string): Promise<Json> {
  const names = (await readdir(folder)).sort();
  return Promise.all(
    names.map(async (file) => ({ file, hash: contentHash(await readFile(join(folder, file))) })),
  );
}

async function compiler(folder: string, recipe: GoRecipe): Promise<Json> {
  try {
    const asked = ["env", "GOVERSION", "GOOS", "GOARCH", "CGO_ENABLED"];
    const { stdout } = await run("go", asked, { cwd: folder, env: environment(recipe) });
    return stdout.trim().split("\n");
  } catch (error) {
    throw new Refusal("the toolchain", [
      {
        where: "go",
        found: error instanceof Error ? error.message.split("\n").slice(0, 3).join(" ") : "no answer",
        allowed: "Go 1.21 or newer on PATH (it fetches the version that a recipe names)",
        mend: "install Go (https://go.dev/dl) and start again",
      },
    ]);
  }
}

function environment(recipe: GoRecipe): NodeJS.ProcessEnv {
  return { ...process.env, ...goEnvironment, ...(recipe.static ? { CGO_ENABLED: "0" } : {}) };
}

async function build(
  folder: string,
  recipe: GoRecipe,
  { result, scratch, detail, run }: Workshop,
): Promise<void> {
  const env = { ...goEnvironment, ...(recipe.static ? { CGO_ENABLED: "0" } : {}) };
  const go = (...args: string[]): Promise<string> => run("go", args, { cwd: scratch, env });
  await cp(folder, scratch, { recursive: true });
  detail("fetching modules");
  const place = async ({ module, file, as, json }: z.infer<typeof moduleFile>, to: string): Promise<void> => {
    await go("mod", "download", module);
    const source = join((await go("list", "-m", "-f", "{{.Dir}}", module)).trim(), file);
    const bytes = await readFile(source);
    const content =
      json === undefined
        ? bytes
        : JSON.stringify({ ...(JSON.parse(bytes.toString("utf8")) as object), ...json });
    await writeFile(join(to, as), content, { mode: 0o755 });
  };
  for (const source of recipe.sources) await place(source, scratch);
  const linked = Object.entries(recipe.set).map(([name, value]) => `-X ${name}=${value}`);
  for (const program of recipe.programs) {
    detail(`compiling ${program.name}`);
    const flags = ["-trimpath", "-ldflags", ["-s -w", ...linked].join(" ")];
    await go("build", ...flags, "-o", join(result, program.name), program.package);
  }
  for (const file of recipe.results) await place(file, result);
}
