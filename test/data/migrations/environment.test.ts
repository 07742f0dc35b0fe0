import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { installPackage } from "../../../lib/data/migrations/python/environment";
import { findInterpreter } from "../../../lib/data/migrations/python/interpreter";
import { dependenciesPin, packagePin } from "../../../lib/data/migrations/python/pins";
import { schema } from "./support";

const run = promisify(execFile);

describe("the pinned Python packages", function () {
  this.timeout(600_000);

  it("N7: every requirement has an exact version and hashes", () => {
    const text = [
      dependenciesPin(),
      ...["11.23.0", "11.24.0", "11.24.1", "11.25.0"].map((one) => packagePin(schema(one))),
    ]
      .map((pin) => pin.text)
      .join("\n");
    const requirements = text
      .replaceAll("\\\n", " ")
      .split("\n")
      .filter((line) => /^\S/.test(line) && !line.startsWith("#"));
    assert.ok(requirements.length > 90);
    assert.deepEqual(
      requirements.filter((line) => !/^[a-z0-9-]+==[^ ]+ .*--hash=sha256:[0-9a-f]{64}/.test(line)),
      [],
    );
  });

  it("N7: are installed once, fit together, and are the versions that were asked for", async () => {
    const [first, second] = await Promise.all([
      installPackage(schema("11.24.0")),
      installPackage(schema("11.24.0")),
    ]);
    assert.deepEqual(first, second);
    await run(first.python, ["-m", "pip", "check"]);
    const said: string[] = [];
    await installPackage(schema("11.24.0"), (what) => said.push(what));
    assert.deepEqual(said, [], "nothing is installed twice");
    const metadata = await readFile(`${first.folder}/nmdc_schema-11.24.0.dist-info/METADATA`, "utf8");
    assert.match(metadata, /^Version: 11\.24\.0$/m);
  });

  it("X4: a Python that does not fit is refused with what was tried", async () => {
    const before = process.env["SLIPWAY_PYTHON"];
    process.env["SLIPWAY_PYTHON"] = "/no/such/python";
    try {
      await assert.rejects(
        findInterpreter(),
        /found \/no\/such\/python: none; allowed: Python 3\.11, 3\.12 or 3\.13.*SLIPWAY_PYTHON/,
      );
    } finally {
      if (before === undefined) delete process.env["SLIPWAY_PYTHON"];
      else process.env["SLIPWAY_PYTHON"] = before;
    }
  });
});
