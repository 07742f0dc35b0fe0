import assert from "node:assert/strict";
import { DateTime } from "luxon";
import { judgeNewVersion } from "../../../lib/release/versions/new-version";
import { schemeNamed } from "../../../lib/release/versions/schemes";
import { verdictOn } from "../../../lib/release/versions/version-scheme";

const scheme = schemeNamed("semver");
const now = DateTime.utc(2026, 11, 21);
const existing = ["v2.9.0", "v2.18.3", "v2.19.0", "v2.20.0-rc.1", "prod", "v.7.4.11"];
const next = (step: "patch" | "minor" | "major", tags = existing) =>
  scheme.next({ step }, tags, now).toString();
const make = (tag: string) => judgeNewVersion(scheme, tag, { existing, now });

describe("semver", () => {
  it("N2: patch, minor and major are computed from the last published version", () => {
    assert.deepEqual([next("patch"), next("minor"), next("major")], ["v2.19.1", "v2.20.0", "v3.0.0"]);
  });

  it("N2: the first release is one of v0.0.1, v0.1.0, v1.0.0", () => {
    assert.deepEqual(
      [next("patch", []), next("minor", []), next("major", [])],
      ["v0.0.1", "v0.1.0", "v1.0.0"],
    );
  });

  it("N2: the three legal versions may be made", () => {
    for (const tag of ["v2.19.1", "v2.20.0", "v3.0.0"]) assert.equal(make(tag).version.toString(), tag);
  });

  for (const [what, tag] of [
    ["an existing tag", "v2.19.0"],
    ["a lower version", "v2.18.4"],
    ["a skipped patch", "v2.19.2"],
    ["a skipped minor", "v2.21.0"],
    ["a skipped major", "v4.0.0"],
    ["a minor that keeps its patch", "v2.20.1"],
  ]) {
    it(`N2: ${what ?? ""} (${tag ?? ""}) is refused, with the three legal ones`, () => {
      assert.throws(() => make(tag ?? ""), {
        name: "Refusal",
        message: /allowed: v2\.19\.1 \(patch\), v2\.20\.0 \(minor\), v3\.0\.0 \(major\)/,
      });
    });
  }

  it("N2: a version without its v is refused by its form", () => {
    assert.throws(() => make("2.19.1"), { message: /found "2\.19\.1"; allowed: vX\.Y\.Z/ });
  });

  it("orders by number, not by text, and a pre-release before its release", () => {
    const sorted = ["v2.10.0", "v2.9.0", "v2.10.0-rc.1"]
      .map((tag) => scheme.parse(tag))
      .sort((a, b) => a.compare(b) ?? 0);
    assert.deepEqual(sorted.map(String), ["v2.9.0", "v2.10.0-rc.1", "v2.10.0"]);
  });

  it("F3: releases reach production, pre-releases staging, build metadata nothing", () => {
    assert.equal(verdictOn(scheme, "v1.2.3").reach, "production");
    assert.equal(verdictOn(scheme, "v1.2.3-rc.1").reach, "staging-only");
    assert.equal(verdictOn(scheme, "v1.2.3+build").reach, "build-only");
  });

  it("refuses to count past the largest exact number", () => {
    assert.throws(() => next("major", ["v9007199254740991.0.0"]), { name: "Refusal" });
  });
});
