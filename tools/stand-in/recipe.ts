import { execFile } from "node:child_process";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheDirectory } from "../../lib/config/embedded";
import { Refusal } from "../../lib/problem";
import { sourceHashes } from "../programs/source-hashes";
import { packageRoot } from "../../lib/package-root";
import { silent, type Progress } from "../toolchain/progress";
import type { Recipe, Workshop } from "../toolchain/recipe";
import { ToolCache } from "../toolchain/tool-cache";

const run = promisify(execFile);

/** The Maven project of the stand-in server as a tool: `stand-in.jar`, and in `lib` what it needs. */
export function standInRecipe(sources = join(packageRoot(), "tools", "stand-in", "server")): Recipe {
  return {
    name: "stand-in",
    inputs: async () => ({ files: await sourceHashes(sources), java: await javaVersion() }),
    build: (workshop) => build(sources, workshop),
  };
}

/**
 * The folder of the built stand-in server, from the cache or built now (about ten seconds).
 * @throws Refusal when there is no JDK or no Maven, or the build fails.
 */
export async function provideStandIn(options: {
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
  readonly cache?: string;
}): Promise<string> {
  const cache = new ToolCache(options.cache ?? cacheDirectory(), options.progress ?? silent, options.signal);
  return cache.provide(standInRecipe());
}

async function build(sources: string, { result, scratch, detail, run }: Workshop): Promise<void> {
  const target = join(scratch, "target");
  detail("fetching packages and compiling");
  await run("mvn", ["-q", "-B", "package", `-DbuildDirectory=${target}`], { cwd: sources });
  await cp(join(target, "lib"), join(result, "lib"), { recursive: true });
  await cp(join(target, "stand-in.jar"), join(result, "stand-in.jar"));
}

async function javaVersion(): Promise<string> {
  const problems = [];
  for (const [command, what] of [
    ["javac", "a JDK, version 17 or newer"],
    ["mvn", "Maven, version 3.8 or newer"],
  ] as const) {
    const found = await run(command, ["-version"]).then(
      ({ stdout, stderr }) => `${stdout}${stderr}`,
      () => undefined,
    );
    if (found === undefined) {
      problems.push({
        where: command,
        found: "not on PATH",
        allowed: what,
        mend: `install ${what} and start again`,
      });
    } else if (command === "javac" && problems.length === 0) {
      const major = Number(/javac (\d+)/.exec(found)?.[1]);
      if (major >= 17) continue;
      problems.push({
        where: command,
        found: found.trim(),
        allowed: what,
        mend: `install ${what} and start again`,
      });
    }
  }
  if (problems.length > 0) throw new Refusal("the stand-in server", problems);
  // The result is made for Java 17 whatever compiles it, so the compiler's own version is no part of the key.
  return "17";
}
