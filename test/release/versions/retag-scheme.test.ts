import assert from "node:assert/strict";
import fc from "fast-check";
import { DateTime } from "luxon";
import { RetagScheme } from "../../../lib/release/versions/retag-scheme";
import { RetagVersion } from "../../../lib/release/versions/retag-version";
import { verdictOn } from "../../../lib/release/versions/version-scheme";

const scheme = new RetagScheme();

describe("environment-commit-time", () => {
  for (const tag of [
    "prod-33242e93-16-04-2021.1618577888",
    "prod-0ec3e066-14-04-2022.1649922784",
    "staging-0ec3e066-11-04-2022.1649691632",
    "staging-0ec3e066-10-02-2023.1675995231",
    "staging-0ec3e066-30-06-2021.1625062999",
    "prod-0ec3e066-01-07-2021.1625131310",
    "dev-5ddba2b-15-04-2021.1618562812",
  ]) {
    it(`H9: ${tag} is read without a warning`, () => {
      const version = scheme.parse(tag);
      assert.equal(version.toString(), tag);
      assert.deepEqual(version.verdict.warnings, []);
    });
  }

  it("H9: the seed's own tag, two days from its seconds, is read with a warning that says so", () => {
    const { verdict } = scheme.parse("prod-5ddba2b-18-04-2021.1618562812");
    assert.equal(verdict.reach, "production");
    assert.match(verdict.warnings.join(), /2 days from its seconds, which are of 16-04-2021/);
  });

  for (const tag of [
    "production-33242e93-16-04-2021.1618577888",
    "prod-33242e9-16-04-2021-1618577888",
    "prod-33242e-16-04-2021.1618577888",
    "prod-33242e930-16-04-2021.1618577888",
    "prod-33242E93-16-04-2021.1618577888",
    "prod-33242e93-31-02-2021.1618577888",
    "prod-33242e93-2021-04-16.1618577888",
    "prod-33242e93-16-04-2021.01618577888",
    "prod-33242e93-16-04-2021.1618577888.1",
  ]) {
    it(`H9: ${tag} is refused`, () => {
      assert.throws(() => scheme.parse(tag), { name: "Refusal" });
    });
  }

  it("H9: what is made has the date of its own second in UTC, whatever the zone, and no warning", () => {
    const at = DateTime.fromISO("2021-04-16T23:30:00", { zone: "America/Phoenix" });
    const made = scheme.next({ step: "retag", environment: "prod", commit: "33242e93".repeat(5) }, [], at);
    assert.equal(made.toString(), `prod-33242e93-17-04-2021.${at.toUnixInteger()}`);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
        const tag = RetagVersion.make(
          "staging",
          "0123456789",
          DateTime.fromSeconds(seconds, { zone: "Asia/Tokyo" }),
        );
        assert.deepEqual(tag.verdict.warnings, []);
        assert.equal(tag.seconds, seconds);
      }),
    );
  });

  for (const [what, environment, commit] of [
    ["an unknown environment", "beta", "33242e93".repeat(5)],
    ["a commit that is too short", "prod", "33242e9"],
    ["a commit that is none", "prod", "not-a-commit"],
  ] as const) {
    it(`H9: making a tag for ${what} is refused`, () => {
      assert.throws(() => scheme.next({ step: "retag", environment, commit }, [], DateTime.utc()), {
        message: /dev, staging, prod/,
      });
    });
  }

  it("H9: a clock behind the last tag makes none", () => {
    const at = DateTime.fromSeconds(1_618_577_888);
    const make = () =>
      scheme.next(
        { step: "retag", environment: "prod", commit: "33242e93" },
        ["prod-0ec3e066-14-04-2022.1649922784"],
        at,
      );
    assert.throws(make, { message: /clock/ });
  });

  it("H9: each tag goes to its own environment; between two environments there is no order", () => {
    assert.equal(verdictOn(scheme, "dev-5ddba2b-15-04-2021.1618562812").reach, "build-only");
    assert.equal(verdictOn(scheme, "staging-0ec3e066-11-04-2022.1649691632").reach, "staging-only");
    const [staging, earlier, prod] = [
      "staging-0ec3e066-10-02-2023.1675995231",
      "staging-0ec3e066-11-04-2022.1649691632",
      "prod-0ec3e066-14-04-2022.1649922784",
    ].map((tag) => scheme.parse(tag));
    assert.ok(staging !== undefined && earlier !== undefined && prod !== undefined);
    assert.ok((staging.compare(earlier) ?? 0) > 0);
    assert.equal(staging.compare(prod), undefined);
  });
});
