import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Layout } from "../../../tools/environment/layout";
import { restoreKernelSettings, saveKernelSettings } from "../../../tools/environment/node/kernel-settings";

describe("The machine's kernel settings", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "kernel-settings-"));
    for (const part of ["sys/vm", "sys/kernel"]) await mkdir(join(folder, part), { recursive: true });
    await set("vm/overcommit_memory", "0");
    await set("kernel/panic", "60");
  });
  afterEach(() => rm(folder, { recursive: true }));

  const sys = (name = ""): string => join(folder, "sys", name);
  const set = (name: string, value: string): Promise<void> => writeFile(sys(name), `${value}\n`);
  const get = async (name: string): Promise<string> => (await readFile(sys(name), "utf8")).trim();
  const kubelet = async (): Promise<void> => {
    await set("vm/overcommit_memory", "1");
    await set("kernel/panic", "10");
  };

  it("are put back as they were before the kubelet changed them", async () => {
    const layout = await Layout.open(join(folder, "a"));
    await saveKernelSettings(layout, sys());
    await kubelet();
    await restoreKernelSettings(layout, sys());
    assert.deepEqual([await get("vm/overcommit_memory"), await get("kernel/panic")], ["0", "60"]);
    assert.ok(!(await readdir(layout.state)).includes("kernel-settings.json"));
  });

  it("are left alone where somebody else has changed them meanwhile", async () => {
    const layout = await Layout.open(join(folder, "a"));
    await saveKernelSettings(layout, sys());
    await kubelet();
    await set("kernel/panic", "5");
    await restoreKernelSettings(layout, sys());
    assert.deepEqual([await get("vm/overcommit_memory"), await get("kernel/panic")], ["0", "5"]);
  });

  for (const order of [
    ["a", "b"],
    ["b", "a"],
  ]) {
    it(`are the machine's own again after two environments, stopped in the order ${order.join(", ")}`, async () => {
      for (const name of ["a", "b"]) {
        await saveKernelSettings(await Layout.open(join(folder, name)), sys());
        await kubelet();
      }
      for (const name of order) await restoreKernelSettings(await Layout.open(join(folder, name)), sys());
      assert.deepEqual([await get("vm/overcommit_memory"), await get("kernel/panic")], ["0", "60"]);
    });
  }
});
