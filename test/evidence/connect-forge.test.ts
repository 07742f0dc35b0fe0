import assert from "node:assert/strict";
import { cloneAddress, connectForge } from "../../lib/evidence/connect-forge";

describe("connectForge", () => {
  for (const [place, kind, name, address] of [
    [
      { kind: "github", project: "xchem/fragalysis-stack" },
      "github",
      "github.com/xchem/fragalysis-stack",
      "https://github.com/xchem/fragalysis-stack.git",
    ],
    [
      { kind: "gitlab", project: "hca/ingest-core" },
      "gitlab",
      "gitlab.com/hca/ingest-core",
      "https://gitlab.com/hca/ingest-core.git",
    ],
    [
      { kind: "gitlab", project: "hca/deep/er", api: "https://gitlab.example.org" },
      "gitlab",
      "gitlab.example.org/hca/deep/er",
      "https://gitlab.example.org/hca/deep/er.git",
    ],
    [
      { kind: "github", project: "a/b", api: "https://github.example.org/api/v3" },
      "github",
      "github.example.org/a/b",
      "https://github.example.org/a/b.git",
    ],
  ] as const) {
    it(`connects ${name}`, () => {
      const forge = connectForge(place);
      assert.deepEqual([forge.kind, forge.name], [kind, name]);
      assert.equal(cloneAddress(place), address);
    });
  }
});
