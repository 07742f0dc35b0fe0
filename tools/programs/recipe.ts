import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheDirectory } from "../../lib/config/embedded";
import { packageRoot } from "../../lib/package-root";
import { silent, type Progress } from "../toolchain/progress";
import type { Recipe } from "../toolchain/recipe";
import { ToolCache } from "../toolchain/tool-cache";
import { sourceHashes } from "./source-hashes";

/** The programs of the embedded system, from which its images are made. */
export const programs = ["api", "daemon", "writer", "maintained"] as const;
export type Program = (typeof programs)[number];

const run = promisify(execFile);

// Static, because they run in images that hold nothing else; the user's own settings of Go must not change the result.
const goEnvironment = { CGO_ENABLED: "0", GOFLAGS: "-mod=readonly -buildvcs=false", GOWORK: "off" };

/** The programs as a tool: one static executable each, the same bytes from the same sources and compiler. */
export function programsRecipe(sources = join(packageRoot(), "tools", "programs")): Recipe {
  return {
    name: "programs",
    inputs: async () => ({ files: await sourceHashes(sources), compiler: await compiler(sources) }),
    build: async ({ result, detail, run }) => {
      for (const program of programs) {
        detail(`compiling ${program}`);
        const flags = ["-trimpath", "-ldflags", "-s -w -buildid="];
        await run("go", ["build", ...flags, "-o", join(result, program), `./${program}`], {
          cwd: sources,
          env: goEnvironment,
        });
      }
    },
  };
}

/**
 * The folder of the built programs, from the cache or built now (a quarter of a minute).
 * @throws Refusal when the build fails.
 */
export async function providePrograms(
  options: { readonly progress?: Progress; readonly signal?: AbortSignal; readonly cache?: string } = {},
): Promise<string> {
  const cache = new ToolCache(options.cache ?? cacheDirectory(), options.progress ?? silent, options.signal);
  return cache.provide(programsRecipe());
}

async function compiler(folder: string): Promise<string[]> {
  const { stdout } = await run("go", ["env", "GOVERSION", "GOOS", "GOARCH"], {
    cwd: folder,
    env: { ...process.env, ...goEnvironment },
  });
  return stdout.trim().split("\n");
}
