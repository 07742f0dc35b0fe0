import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readGoRecipe } from "../../../tools/toolchain/go-recipe";
import { findOnMachine, findOnPath } from "../../../tools/toolchain/on-machine";

describe("Executables of the machine", () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "on-machine-"))));
  afterEach(() => rm(folder, { recursive: true }));

  async function install(name: string, says = "", mode = 0o755): Promise<void> {
    await writeFile(join(folder, name), `#!/bin/sh\necho '${says}'\n`);
    await chmod(join(folder, name), mode);
  }

  async function pulumi(version: string): Promise<ReadonlyMap<string, string> | undefined> {
    await install("pulumi", version);
    const { machine } = await readGoRecipe("pulumi-cli");
    assert.ok(machine);
    return findOnMachine(machine, folder);
  }

  it("are used when all are there and new enough", async () => {
    await install("pulumi-language-nodejs");
    await install("pulumi-resource-pulumi-nodejs");
    assert.equal((await pulumi("v3.245.0"))?.get("pulumi"), join(folder, "pulumi"));
    assert.equal((await pulumi("v4.0.0"))?.size, 3);
  });

  it("are not used when they are too old", async () => {
    await install("pulumi-language-nodejs");
    await install("pulumi-resource-pulumi-nodejs");
    assert.equal(await pulumi("v3.244.9"), undefined);
  });

  it("are not used when they do not tell their version", async () => {
    await install("pulumi-language-nodejs");
    await install("pulumi-resource-pulumi-nodejs");
    assert.equal(await pulumi("unknown"), undefined);
    await writeFile(join(folder, "pulumi"), "#!/bin/sh\nexit 1\n");
    const { machine } = await readGoRecipe("pulumi-cli");
    assert.ok(machine);
    assert.equal(await findOnMachine(machine, folder), undefined);
  });

  it("are not used when one of them is missing", async () => {
    await install("pulumi-language-nodejs");
    assert.equal(await pulumi("v3.245.0"), undefined);
  });

  it("tell MongoDB's tools by their own numbering, not by the server's", async () => {
    for (const name of ["mongorestore", "bsondump"]) await install(name);
    const { machine } = await readGoRecipe("mongo-tools");
    assert.ok(machine);
    await install("mongodump", "mongodump version: r4.2.8");
    assert.equal(await findOnMachine(machine, folder), undefined);
    await install("mongodump", "mongodump version: 100.9.4");
    assert.equal((await findOnMachine(machine, folder))?.size, 3);
  });

  it("are found only in absolute folders, and only when they may be run", async () => {
    await install("tool", "", 0o644);
    assert.equal(await findOnPath("tool", `.:${folder}`), undefined);
    await install("tool");
    assert.equal(await findOnPath("tool", `.:${folder}`), join(folder, "tool"));
  });
});
