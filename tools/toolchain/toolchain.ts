import { join } from "node:path";
import { cacheDirectory } from "../../lib/config/embedded";
import { readGoRecipe, type GoTool } from "./go-recipe";
import { findOnMachine } from "./on-machine";
import { silent, type Progress } from "./progress";
import { ToolCache } from "./tool-cache";

/** The tools that the project works with, wherever they came from. */
export interface Toolchain {
  /** The file of an executable. Example: `executable("kube-apiserver")`. */
  executable(program: string): string;
  /** Folders of the cache that go first on PATH, so that Pulumi finds its plugins. */
  readonly path: readonly string[];
}

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
    if (found === undefined) path.push(await build(cache, tool, programs));
    else for (const [program, file] of found) programs.set(program, file);
  }
  return {
    path,
    executable(program) {
      const file = programs.get(program);
      if (file === undefined) throw new Error(`no recipe gives the program ${program}`);
      return file;
    },
  };
}

async function build(cache: ToolCache, tool: GoTool, programs: Map<string, string>): Promise<string> {
  const folder = await cache.provide(tool);
  for (const program of tool.programs) programs.set(program, join(folder, program));
  return folder;
}
