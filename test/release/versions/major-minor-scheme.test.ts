import assert from "node:assert/strict";
import { DateTime } from "luxon";
import { MajorMinorScheme } from "../../../lib/release/versions/major-minor-scheme";
import { judgeNewVersion } from "../../../lib/release/versions/new-version";
import { verdictOn } from "../../../lib/release/versions/version-scheme";

const scheme = new MajorMinorScheme();
const now = DateTime.utc(2022, 2, 14);
const existing = ["v36-9", "v37-0", "v37-2", "v37-5", "v37-3", "master"];

describe("major-minor", () => {
  it("A7: the next major ends in -0, the next minor counts on, in the spelling of the last", () => {
    assert.equal(scheme.next({ step: "major" }, existing).toString(), "v38-0");
    assert.equal(scheme.next({ step: "minor" }, existing).toString(), "v37-6");
    assert.equal(scheme.next({ step: "minor" }, ["34-0"]).toString(), "34-1");
  });

  for (const tag of ["34-0", "34-1", "v28-1", "v37-5", "release-v37-2"]) {
    it(`A7: ${tag} is a production tag`, () => {
      assert.equal(verdictOn(scheme, tag).reach, "production");
    });
  }

  for (const tag of [
    "master",
    "v37",
    "37.2",
    "v37-2-1",
    "v37-02",
    "v-1-2",
    "latest",
    "v37_2",
    "release/v37-2",
    "V37-2",
  ]) {
    it(`A7: ${tag} is refused: a tag is used, because it never moves`, () => {
      assert.throws(() => scheme.parse(tag), { message: /allowed: MAJOR-MINOR/ });
    });
  }

  it("A7: a tag and its image's tag are one version", () => {
    assert.equal(scheme.parse("v37-2").compare(scheme.parse("release-v37-2")), 0);
    assert.deepEqual(scheme.parse("v37-2").imageTags, ["release-v37-2", "v37-2"]);
    assert.deepEqual(scheme.parse("release-v37-2").imageTags, ["release-v37-2", "v37-2"]);
  });

  it("orders by number: v36-9 before v36-10 before v37-0", () => {
    const sorted = ["v37-0", "v36-10", "v36-9"]
      .map((tag) => scheme.parse(tag))
      .sort((a, b) => a.compare(b) ?? 0);
    assert.deepEqual(sorted.map(String), ["v36-9", "v36-10", "v37-0"]);
  });

  it("A19: a hot-fix is the next minor of what runs in production, also when the next cycle has begun", () => {
    assert.equal(scheme.next({ step: "hot-fix", production: "v36-9" }, existing).toString(), "v36-10");
  });

  it("A7: gaps exist, but none is made: v37-7 is refused after v37-5", () => {
    assert.throws(() => judgeNewVersion(scheme, "v37-7", { existing, now }), {
      message: /v37-6 \(minor\), v38-0 \(major\)/,
    });
    assert.equal(judgeNewVersion(scheme, "v37-6", { existing, now }).step, "minor");
  });
});
