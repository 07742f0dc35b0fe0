import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { contentHash } from "../../lib/content-hash";
import { whileOwning } from "./owner-lock";
import { formatIdentity, isAlive, ownIdentity, parseIdentity } from "./process-identity";
import type { Progress } from "./progress";
import type { Recipe, RunOptions } from "./recipe";
import { runLogged } from "./run-command";

/**
 * Built tools, each in `tools/<name>/<key>`; the key is the content hash of its recipe. A tool appears by one rename when it is
 * whole, so what is there is always whole; builds work in `building/`, and those of dead processes are removed.
 */
export class ToolCache {
  private swept: Promise<void> | undefined;

  constructor(
    private readonly folder: string,
    private readonly progress: Progress,
    private readonly signal?: AbortSignal,
  ) {}

  /**
   * The folder of a recipe's tool, built when it is not there yet.
   * @throws Refusal that names the tool, the last lines of its build and the log.
   */
  async provide(recipe: Recipe): Promise<string> {
    const key = contentHash(await recipe.inputs()).slice("sha256:".length, "sha256:".length + 20);
    const place = join(this.folder, "tools", recipe.name, key);
    if (existsSync(place)) return place;
    this.swept ??= this.sweep();
    await this.swept;
    return this.progress.step(`tool ${recipe.name}`, (detail) =>
      whileOwning(
        join(this.folder, "locks", `${recipe.name}-${key}`),
        async () => {
          if (!existsSync(place)) await this.build(recipe, place, detail);
          return place;
        },
        (owner) => {
          detail(`process ${owner.pid} is building it, waiting`);
        },
        this.signal,
      ),
    );
  }

  private async build(recipe: Recipe, place: string, detail: (text: string) => void): Promise<void> {
    const work = join(this.folder, "building", randomUUID());
    const [result, scratch] = [join(work, "result"), join(work, "scratch")];
    const logs = join(this.folder, "logs");
    const log = join(logs, `${recipe.name}.log`);
    for (const folder of [result, scratch, logs]) await mkdir(folder, { recursive: true });
    await writeFile(join(work, "owner"), formatIdentity(ownIdentity()));
    await writeFile(log, "");
    const run = (command: string, args: readonly string[], { cwd, env }: RunOptions): Promise<string> =>
      runLogged({
        subject: `tool ${recipe.name}`,
        command,
        args,
        cwd,
        env: { ...process.env, ...env },
        log,
        signal: this.signal,
      });
    try {
      await recipe.build({ result, scratch, detail, run });
      await mkdir(join(place, ".."), { recursive: true });
      await rename(result, place).catch((error: unknown) => {
        // Another clone's build came first: the same recipe gives the same tool.
        if (!existsSync(place)) throw error;
      });
    } finally {
      await removeTree(work);
    }
  }

  /** Removes what builds of dead processes left. */
  private async sweep(): Promise<void> {
    const building = join(this.folder, "building");
    for (const name of await readdir(building).catch(() => [])) {
      const owner = parseIdentity(await readFile(join(building, name, "owner"), "utf8").catch(() => ""));
      const age =
        Date.now() - (await stat(join(building, name)).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
      // A folder without an owner is one that is being set up this moment, or whose set-up was killed.
      if (owner === undefined ? age > 60_000 : !isAlive(owner)) await removeTree(join(building, name));
    }
  }
}

async function removeTree(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
