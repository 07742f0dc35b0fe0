import assert from "node:assert/strict";
import { join } from "node:path";
import { commitSchemaVersion, pinnedVersions } from "../../lib/evidence/schema-version";
import { mustContradict, mustFind } from "./assert-finding";
import { GitFixture } from "./git-fixture";

describe("pinnedVersions", () => {
  for (const [what, file, text, versions] of [
    [
      "a requirements file",
      "requirements/main.txt",
      "pymongo==4.1\nnmdc-schema==11.21.0 ; python_version > '3.9' \\\n  --hash=sha256:1\n",
      ["11.21.0"],
    ],
    ["another spelling of the name", "main.txt", "NMDC_schema==11.21.0", ["11.21.0"]],
    ["extras", "main.txt", "nmdc-schema[all] == 11.21.0", ["11.21.0"]],
    [
      "a pyproject",
      "pyproject.toml",
      'dependencies = [\n  "linkml>=1",\n  "nmdc-schema==11.21.0",\n]',
      ["11.21.0"],
    ],
    ["a lock file", "uv.lock", '[[package]]\nname = "nmdc-schema"\nversion = "11.21.0"\n', ["11.21.0"]],
    ["a package.json", "web/package.json", '{"dependencies":{"nmdc-schema":"11.21.0"}}', ["11.21.0"]],
    ["two versions", "main.txt", "nmdc-schema==11.21.0\nnmdc-schema==11.22.0", ["11.21.0", "11.22.0"]],
    ["a range", "main.txt", "nmdc-schema>=11.21.0", []],
    ["a range in a package.json", "package.json", '{"dependencies":{"nmdc-schema":"^11.21.0"}}', []],
    ["a package whose name ends so", "main.txt", "old-nmdc-schema==1.0.0", []],
    ["a package whose name begins so", "main.txt", "nmdc-schema-tools==1.0.0", []],
    ["a comment", "main.txt", "# nmdc-schema==1.0.0", []],
    ["nothing", "main.txt", "", []],
    ["a broken package.json", "package.json", "{", []],
  ] as const) {
    it(`N7: ${what} pins ${versions.join(" and ") || "nothing"}`, () => {
      assert.deepEqual(pinnedVersions(file, text, "nmdc-schema"), versions);
    });
  }
});

describe("commitSchemaVersion", () => {
  let place: ReturnType<typeof GitFixture.place>;

  before(() => {
    place = GitFixture.place();
  });

  after(() => {
    place.remove();
  });

  it("N7: reads the version at the released commit, not in the working tree", async () => {
    const repository = GitFixture.create(join(place.folder, "runtime"));
    const old = repository.commit("one", { "requirements.txt": "nmdc-schema==11.21.0" });
    repository.commit("two", { "requirements.txt": "nmdc-schema==11.23.0" });
    const pin = { package: "nmdc-schema", file: "requirements.txt" };
    assert.equal(mustFind(await commitSchemaVersion(await repository.open(), old, pin)).value, "11.21.0");
  });

  it("N7: no exact version, or two, are refused with what was found", async () => {
    const repository = GitFixture.create(join(place.folder, "loose"));
    const loose = repository.commit("one", { "requirements.txt": "nmdc-schema>=11" });
    const two = repository.commit("two", { "requirements.txt": "nmdc-schema==1.0.0\nnmdc-schema==2.0.0" });
    const pin = { package: "nmdc-schema", file: "requirements.txt" };
    const opened = await repository.open();
    assert.match(
      mustContradict(await commitSchemaVersion(opened, loose, pin)),
      /no exact version of nmdc-schema/,
    );
    assert.match(mustContradict(await commitSchemaVersion(opened, two, pin)), /1\.0\.0 and 2\.0\.0/);
    assert.match(
      mustContradict(await commitSchemaVersion(opened, two, { ...pin, file: "missing.txt" })),
      /no such file/,
    );
  });
});
