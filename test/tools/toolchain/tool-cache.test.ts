import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { Refusal } from "../../../lib/problem";
import { identityOf } from "../../../tools/toolchain/process-identity";
import { silent } from "../../../tools/toolchain/progress";
import { ToolCache } from "../../../tools/toolchain/tool-cache";
import { tinyRecipe } from "./tiny-recipe";

describe("ToolCache", () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "tool-cache-"))));
  afterEach(() => rm(folder, { recursive: true }));

  const cache = (): ToolCache => new ToolCache(folder, silent);
  const tool = (place: string): Promise<string> => readFile(join(place, "tool"), "utf8");
  const left = async (): Promise<string[]> => readdir(join(folder, "building")).catch(() => []);

  it("builds a tool once; another clone with the same recipe finds it", async () => {
    let builds = 0;
    const recipe = tinyRecipe(async ({ result }) => {
      builds += 1;
      await writeFile(join(result, "tool"), "whole");
    });
    const first = await cache().provide(recipe);
    assert.equal(await cache().provide(recipe), first);
    assert.equal(builds, 1);
    assert.equal(await tool(first), "whole");
  });

  it("keys a tool by all that it depends on", async () => {
    const one = await cache().provide(tinyRecipe(undefined, { flags: "-s", compiler: "1.25" }));
    const same = await cache().provide(tinyRecipe(undefined, { compiler: "1.25", flags: "-s" }));
    const other = await cache().provide(tinyRecipe(undefined, { flags: "-s", compiler: "1.26" }));
    assert.equal(same, one);
    assert.notEqual(other, one);
  });

  it("leaves nothing of a failed build, and names the tool, its last lines and its log", async () => {
    const failing = tinyRecipe(async ({ result, scratch, run }) => {
      await writeFile(join(result, "tool"), "hal");
      await run("sh", ["-c", "echo compiling; echo 'undefined: Thing' >&2; exit 3"], { cwd: scratch });
    });
    await assert.rejects(cache().provide(failing), (error: unknown) => {
      assert.ok(error instanceof Refusal);
      const log = join(folder, "logs", "tiny.log");
      for (const part of ["tool tiny", "exit code 3", "undefined: Thing", log])
        assert.match(error.message, new RegExp(part));
      return true;
    });
    assert.deepEqual(await left(), []);
    assert.ok(!existsSync(join(folder, "tools", "tiny")));
    assert.equal(await tool(await cache().provide(tinyRecipe())), "whole");
  });

  it("takes a build for what it is when its process is killed: nothing; the next one succeeds and clears it away", async () => {
    const require = ["-r", "ts-node/register/transpile-only"];
    const child = spawn(process.execPath, [...require, join(__dirname, "half-a-build.ts"), folder], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    assert.equal((await left()).length, 1);
    assert.ok(!existsSync(join(folder, "tools", "tiny")));

    assert.equal(await tool(await cache().provide(tinyRecipe())), "whole");
    assert.deepEqual(await left(), []);
  });

  it("lets one of two clones build while the other waits for it", async () => {
    let building = 0;
    let builds = 0;
    const recipe = tinyRecipe(async ({ result, scratch, run }) => {
      builds += 1;
      building += 1;
      assert.equal(building, 1, "two builds of one tool at the same time");
      await run("sh", ["-c", "echo building"], { cwd: scratch });
      await writeFile(join(result, "tool"), "whole");
      building -= 1;
    });
    const [one, other] = await Promise.all([cache().provide(recipe), cache().provide(recipe)]);
    assert.equal(one, other);
    assert.equal(builds, 1);
  });

  it("accepts the tool of another build that came first", async () => {
    const place = await cache().provide(tinyRecipe());
    await rm(place, { recursive: true });
    const overtaken = tinyRecipe(async ({ result }) => {
      await writeFile(join(result, "tool"), "second");
      await cache().provide({ ...tinyRecipe(), name: "other" });
      await mkdir(place);
      await writeFile(join(place, "tool"), "first");
    });
    assert.equal(await tool(await cache().provide(overtaken)), "first");
    assert.deepEqual(await left(), []);
  });

  it("stops a build that is aborted, and leaves nothing of it", async () => {
    const stop = new AbortController();
    let grandchild = 0;
    const endless = tinyRecipe(async ({ scratch, run }) => {
      const running = run("sh", ["-c", "sleep 600 & echo $! >pid.draft; mv pid.draft pid; wait"], {
        cwd: scratch,
      });
      while (!existsSync(join(scratch, "pid"))) await setImmediate();
      grandchild = Number(await readFile(join(scratch, "pid"), "utf8"));
      stop.abort(new Error("stopped by SIGINT"));
      await running;
    });
    await assert.rejects(new ToolCache(folder, silent, stop.signal).provide(endless), /stopped by SIGINT/);
    assert.deepEqual(await left(), []);
    assert.equal(identityOf(grandchild), undefined);
  });
});
