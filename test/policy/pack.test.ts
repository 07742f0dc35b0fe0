import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { packageRoot } from "../../lib/package-root";
import type { PulumiRun } from "../../tools/job/pulumi-stack";
import { Nmdc } from "../e2e/nmdc";
import { scratch } from "../scratch";

const root = packageRoot();
const pack = join(root, "policy");

describe("pulumi preview with the policy pack", function () {
  this.timeout(600_000);
  let nmdc: Nmdc;
  /** Arguments with which a platform team calls the stack a staging one. */
  let asStaging: readonly string[];

  before(async () => {
    nmdc = await Nmdc.released("policy");
    const config = join(scratch("policy-config"), "config.json");
    const ours = { staging: ["policy"] };
    writeFileSync(config, JSON.stringify({ "pinned-by-digest": ours, "protected-data": ours }));
    asStaging = ["--policy-pack-config", config];
  });

  /** A preview with further arguments, and with a folder first on PATH. */
  async function preview(args: readonly string[], first = ""): Promise<PulumiRun> {
    const { stack } = nmdc.system;
    const variables = stack.variables();
    const path = [first, variables["PATH"] ?? ""].filter((part) => part !== "").join(delimiter);
    const env = { ...variables, PATH: path, PULUMI_IGNORE_AMBIENT_PLUGINS: String(first === "") };
    const cli = stack.start(["preview", ...stack.onStack(), "--suppress-progress", ...args], { env });
    let output = "";
    const hear = (chunk: Buffer): void => void (output += chunk.toString());
    cli.stdout?.on("data", hear);
    cli.stderr?.on("data", hear);
    return new Promise((resolve, reject) => {
      cli.once("error", reject);
      cli.once("close", (code) => {
        resolve({ code: code ?? 1, output });
      });
    });
  }

  it("has nothing against a release, where the CLI's language host can start packs", async function () {
    const { code, output } = await preview(["--policy-pack", pack, ...asStaging]);
    if (/failed to start: .*not supported/.test(output)) {
      console.error("skipped: this CLI's language host cannot start policy packs; a newer one can");
      this.skip();
    }
    assert.equal(code, 0, output);
    assert.match(output, /slipway@v0\.1\.0/);
  });

  describe("started as a plugin of its own, which needs no language host", () => {
    let plugin: string;
    let started: string;

    before(() => {
      // The engine's other way to packs: a program `pulumi-analyzer-policy-<runtime>` for a runtime that is no language.
      plugin = scratch("policy-plugin");
      const run = join(root, "node_modules", "@pulumi", "pulumi", "cmd", "run-policy-pack");
      const program = join(plugin, "pulumi-analyzer-policy-compiled");
      writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${run}" "$@"\n`);
      chmodSync(program, 0o755);
      started = join(plugin, "pack");
      mkdirSync(started);
      writeFileSync(join(started, "PulumiPolicy.yaml"), "runtime: compiled\n");
      const main = join(root, "build", "policy", "index.js");
      writeFileSync(
        join(started, "package.json"),
        JSON.stringify({ name: "slipway", version: "0.1.0", main }),
      );
    });

    it("has nothing against a release to a stack that the platform team calls staging", async () => {
      const { code, output } = await preview(["--policy-pack", started, ...asStaging], plugin);
      assert.equal(code, 0, output);
      assert.match(output, /slipway@v0\.1\.0/);
    });

    it("takes it for production where nobody calls it anything, and says which resource is wrong and why", async () => {
      const { code, output } = await preview(["--policy-pack", started], plugin);
      assert.notEqual(code, 0, output);
      assert.match(output, /\[mandatory\] +protected-data .*DataMigration: nmdc-runtime/);
      assert.match(output, /production's data is not protected; set `protect: true`/);
    });
  });
});
