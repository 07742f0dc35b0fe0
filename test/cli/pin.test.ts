import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RegistryFixture } from "../evidence/registry-fixture";
import { scratch } from "../scratch";
import { type Ran, runSlipway } from "./program";

const old = `sha256:${"0".repeat(64)}`;

describe("slipway pin", function () {
  this.timeout(120_000);
  let registry: RegistryFixture;
  let project: string;
  let digests: { readonly api: string; readonly next: string; readonly web: string };

  before(async () => {
    registry = await RegistryFixture.start();
    digests = {
      api: await registry.image("api", "v1"),
      next: await registry.image("api", "v2"),
      web: await registry.image("web", "v1"),
    };
  });
  after(() => registry.stop());

  const file = (): string => readFileSync(join(project, "Pulumi.dev.yaml"), "utf8");
  const slipway = (...args: readonly string[]): Promise<Ran> => runSlipway(project, ["pin", "dev", ...args]);

  beforeEach(() => {
    project = scratch("pin");
    const images = ["api", "web"].map(
      (name) =>
        `    ${name}:\n      repository: ${registry.host}/${name}\n      tag: v1 # known\n      digest: ${old}\n`,
    );
    writeFileSync(join(project, "Pulumi.dev.yaml"), `config:\n  slipway:images:\n${images.join("")}`);
  });

  it("X1: writes what every tag stands for, and leaves the rest of the file as it is", async () => {
    const before = file();
    const { code, out } = await slipway();
    assert.equal(code, 0);
    assert.equal(file(), before.replace(old, digests.api).replace(old, digests.web));
    assert.match(out, /api: sha256:0+ → sha256:[0-9a-f]{64}/);
    assert.match((await slipway()).out, /every digest is what its tag stands for/);
  });

  it("F12: takes one image's new tag and commit over from a build, and leaves the others alone", async () => {
    const { code, out } = await slipway(
      ...["--image", "api", "--tag", "v2", "--commit", "5cfc61612345", "--json"],
    );
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(out), [{ image: "api", from: old, to: digests.next }]);
    const expected = `      tag: v2 # known\n      digest: ${digests.next}\n      commit: 5cfc61612345\n`;
    assert.ok(file().includes(expected), file());
    assert.ok(file().includes(`${registry.host}/web\n      tag: v1 # known\n      digest: ${old}\n`));
  });

  it("leaves an image alone that the stack composes of others: `slipway compose` pins it", async () => {
    const composed = `    stack:\n      repository: ${registry.host}/stack\n      tag: v1\n      digest: ${old}\n      composed: { from: [api, web] }\n`;
    writeFileSync(join(project, "Pulumi.dev.yaml"), file() + composed);
    const { code } = await slipway();
    assert.equal(code, 0);
    assert.ok(file().endsWith(composed));
    assert.ok(file().includes(digests.web));
  });

  for (const [what, args, said] of [
    ["a tag whose commit nobody tells", ["--image", "api", "--tag", "v2"], /--commit: found nothing/],
    [
      "an image that the stack has not",
      ["--image", "db", "--tag", "v2", "--commit", "5cfc616"],
      /"db".*api, web/,
    ],
    ["a commit that is none", ["--image", "api", "--tag", "v2", "--commit", "main"], /"main".*hexadecimal/],
    ["a tag that the registry has not", ["--image", "api", "--tag", "v3", "--commit", "5cfc616"], /v3/],
  ] as const) {
    it(`refuses ${what}, and writes nothing`, async () => {
      const before = file();
      const { code, error } = await slipway(...args);
      assert.equal(code, 1);
      assert.match(error, said);
      assert.equal(file(), before);
    });
  }
});
