import { join } from "node:path";
import { cacheDirectory } from "../../lib/config/embedded";
import { readGoRecipe } from "./go-recipe";
import { findOnMachine } from "./on-machine";
import { silent, type Progress } from "./progress";
import { programsRecipe } from "../programs/recipe";
import { standInRecipe } from "../stand-in/recipe";
import type { OnMachine } from "./recipe";
import { ToolCache } from "./tool-cache";

/** The tools that the project works with, wherever they came from. */
export interface Toolchain {
  /** The file of an executable. Example: `executable("kube-apiserver")`. */
  executable(program: string): string;
  /** The database server: the machine's `mongod`, or else the stand-in's folder. */
  readonly mongo:
    | { readonly kind: "mongod"; readonly program: string }
    | { readonly kind: "stand-in"; readonly folder: string };
  /** Folders of the cache that go first on PATH, for whoever looks at what runs. */
  readonly path: readonly string[];
}

/** What people start by name; the rest is for our own servers, and Pulumi finds its plugins in its home. */
const onPath: ReadonlySet<string> = new Set(["mongo-tools", "pulumi-cli"]);

// Version 6.0 brought the user write block, by which a release closes writes.
const mongod: OnMachine = { programs: ["mongod"], version: ["mongod", "--version"], atLeast: "6.0.0" };

/** The tools that are made from Go modules, in the order in which they are built: quick ones first. */
export const goTools = [
  "certificates",
  "pause",
  "etcd",
  "mongo-tools",
  "registry",
  "kwok",
  "pulumi-language-nodejs",
  "pulumi-cli",
  "kubernetes",
  "pulumi-resource-kubernetes",
] as const;

/** What tests alone ask for; built when the first of them does. */
export const goToolsOfTests = ["actionlint"] as const;

export interface ProvideOptions {
  readonly progress?: Progress;
  readonly signal?: AbortSignal | undefined;
  /** Where built tools stay; the user's cache when absent. */
  readonly cache?: string;
}

/**
 * Makes every tool available: the machine's where it is new enough, the cache's otherwise, built when it is not there yet.
 * Builds one at a time: a Go build uses all cores by itself.
 * @throws Refusal when a build fails; what was built before stays.
 */
export async function provideToolchain(options: ProvideOptions = {}): Promise<Toolchain> {
  const progress = options.progress ?? silent;
  const cache = new ToolCache(options.cache ?? cacheDirectory(), progress, options.signal);
  const programs = new Map<string, string>();
  const path: string[] = [];
  for (const name of goTools) {
    const tool = await readGoRecipe(name);
    const found = tool.machine === undefined ? undefined : await findOnMachine(tool.machine);
    const folder = found === undefined ? await cache.provide(tool) : undefined;
    for (const [program, file] of found ?? []) programs.set(program, file);
    if (folder === undefined) continue;
    for (const program of tool.programs) programs.set(program, join(folder, program));
    if (onPath.has(name)) path.push(folder);
  }
  const server = await mongo(cache);
  // The images of the embedded system are made from these; here, so that all that takes long is set up at one time.
  await cache.provide(programsRecipe());
  return {
    mongo: server,
    path,
    executable(program) {
      const file = programs.get(program);
      if (file === undefined) throw new Error(`no recipe gives the program ${program}`);
      return file;
    },
  };
}

async function mongo(cache: ToolCache): Promise<Toolchain["mongo"]> {
  const program = (await findOnMachine(mongod))?.get("mongod");
  if (program !== undefined) return { kind: "mongod", program };
  return { kind: "stand-in", folder: await cache.provide(standInRecipe()) };
}

/**
 * The folder of one tool that only tests need.
 * @throws Refusal when its build fails.
 */
export async function provideTestTool(name: (typeof goToolsOfTests)[number]): Promise<string> {
  return new ToolCache(cacheDirectory(), silent).provide(await readGoRecipe(name));
}
