import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { whileOwning } from "../../../tools/toolchain/owner-lock";
import { formatIdentity, identityOf } from "../../../tools/toolchain/process-identity";

describe("The owner's lock", () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "owner-lock-"));
    file = join(folder, "lock");
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("lets one work at a time and is gone afterwards, also after an error", async () => {
    let inside = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      assert.equal(inside, 1);
      await readdir(folder);
      inside -= 1;
      throw new Error("work failed");
    };
    const three = await Promise.allSettled([1, 2, 3].map(() => whileOwning(file, work)));
    for (const one of three) assert.match(String(one.status === "rejected" && one.reason), /work failed/);
    assert.deepEqual(await readdir(folder), []);
  });

  it("is taken over from a process that has died", async () => {
    const child = spawn("sleep", ["600"]);
    await once(child, "spawn");
    const identity = identityOf(child.pid ?? 0);
    assert.ok(identity);
    await writeFile(file, `${formatIdentity(identity)}\n`);
    const waited = new Promise<void>((resolve) => {
      const owned = whileOwning(
        file,
        () => Promise.resolve("mine"),
        (owner) => {
          assert.equal(owner.pid, child.pid);
          child.kill("SIGKILL");
          resolve();
        },
      );
      void owned.then((result) => {
        assert.equal(result, "mine");
      });
    });
    await waited;
    assert.equal(await whileOwning(file, () => Promise.resolve("again")), "again");
    assert.deepEqual(await readdir(folder), []);
  });

  it("is given up by who waits and is told to stop", async () => {
    await whileOwning(file, async () => {
      const stop = new AbortController();
      const waiting = whileOwning(
        file,
        () => Promise.resolve(),
        () => {
          stop.abort(new Error("stopped by SIGINT"));
        },
        stop.signal,
      );
      await assert.rejects(waiting);
    });
    assert.deepEqual(await readdir(folder), []);
  });
});
