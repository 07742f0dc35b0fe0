import assert from "node:assert/strict";
import fc from "fast-check";
import { DateTime } from "luxon";
import { Refusal } from "../../../lib/problem";
import { findScheme, schemeNamed, schemeNames } from "../../../lib/release/versions/schemes";
import { read, verdictOn } from "../../../lib/release/versions/version-scheme";
import { arbitrary, mutated } from "./arbitrary-versions";
import { grammars } from "./reference-grammar";

const now = DateTime.utc(2026, 8, 20);

function isPrintableAscii(char: string): boolean {
  return char >= " " && char <= "~";
}

describe("version schemes", () => {
  for (const name of schemeNames) {
    const scheme = schemeNamed(name);
    const legal = arbitrary[name] as fc.Arbitrary<string>;

    describe(name, () => {
      it("writes what it read, exactly", () => {
        fc.assert(
          fc.property(legal, (text) => {
            assert.equal(scheme.parse(text).toString(), text);
            assert.equal(scheme.parse(text).compare(scheme.parse(text)), 0);
          }),
          { numRuns: 500 },
        );
      });

      it("judges 10,000 mutated strings as a second grammar does", () => {
        let [accepted, refused] = [0, 0];
        fc.assert(
          fc.property(mutated(name), (text) => {
            const understood = read(scheme, text);
            assert.equal(understood !== undefined, grammars[name]?.(text), JSON.stringify(text));
            if (understood === undefined) refused++;
            else accepted++;
            if (understood !== undefined) assert.equal(understood.toString(), text);
          }),
          { numRuns: 10_000 },
        );
        assert.ok(
          accepted > 500 && refused > 500,
          `${accepted} accepted, ${refused} refused: the mutations test one side only`,
        );
      });

      it("orders consistently: backwards is forwards turned round, and order is transitive", () => {
        fc.assert(
          fc.property(legal, legal, legal, (x, y, z) => {
            const [a, b, c] = [scheme.parse(x), scheme.parse(y), scheme.parse(z)];
            const [ab, ba, bc, ac] = [a.compare(b), b.compare(a), b.compare(c), a.compare(c)];
            assert.equal(ab === undefined, ba === undefined);
            assert.equal(Math.sign(ab ?? 0) + Math.sign(ba ?? 0), 0);
            if (ab !== undefined && bc !== undefined && ab <= 0 && bc <= 0)
              assert.ok(ac !== undefined && ac <= 0);
          }),
          { numRuns: 500 },
        );
      });

      for (const [what, text] of [
        ["nothing", ""],
        ["a control character", "v1.2.3\u0007"],
        ["a newline at the end", "34-1\n"],
        ["Arabic digits", "\u0662\u0660\u0662\u0663.06.2"],
        ["full-width digits", "\uff11\uff12-\uff11"],
        ["a path", "../../etc/passwd"],
        ["an option", "--upload-pack=x"],
        ["10 kB of digits", "1".repeat(10_240)],
        ["10 kB of dots", ".".repeat(10_240)],
        ["10 kB of dashes", `1${"-1".repeat(5_120)}`],
        ["10 kB behind a legal version", `v1.2.3-${"a".repeat(10_240)}`],
      ] as const) {
        it(`refuses ${what} by name, in a short message, and calls it built only (F3)`, () => {
          assert.throws(
            () => scheme.parse(text, "slipway:release"),
            (error: unknown) =>
              error instanceof Refusal &&
              error.subject === `${name} version` &&
              error.problems[0]?.where === "slipway:release" &&
              Array.from(error.problems[0].found.replace("\u2026", "")).every(isPrintableAscii) &&
              error.message.length < 700,
          );
          assert.equal(verdictOn(scheme, text).reach, "build-only");
        });
      }

      it("refuses a step that it does not know, with those it knows", () => {
        const unknown = (["patch", "release", "major"] as const).find(
          (step) => !(scheme.steps as readonly string[]).includes(step),
        );
        assert.ok(unknown !== undefined);
        assert.throws(() => scheme.next({ step: unknown }, [], now), {
          name: "Refusal",
          message: scheme.steps.length === 0 ? /not counted/ : new RegExp(scheme.steps.join(", ")),
        });
      });
    });
  }

  const counted = [
    ["semver", "patch"],
    ["semver", "minor"],
    ["semver", "major"],
    ["semver-plain", "minor"],
    ["calver", "release"],
    ["calver", "candidate"],
    ["major-minor", "minor"],
    ["major-minor", "major"],
  ] as const;
  for (const [name, step] of counted) {
    it(`${name}: next ${step} is legal, new, and greater than every release that exists`, () => {
      const scheme = schemeNamed(name);
      const tags = fc.array(
        fc.oneof(arbitrary[name] as fc.Arbitrary<string>, fc.constantFrom("latest", "rel2.2.0", "5cfc616")),
      );
      fc.assert(
        fc.property(tags, (all) => {
          const existing = all.filter(
            (tag) => (read(scheme, tag)?.compare(scheme.parse(first(name))) ?? -1) < 0,
          );
          const next = scheme.next({ step }, existing, now);
          assert.equal(scheme.parse(next.toString()).compare(next), 0);
          for (const tag of existing) {
            const version = read(scheme, tag);
            assert.notEqual(version?.compare(next), 0);
            if (version?.verdict.reach === "production")
              assert.ok((version.compare(next) ?? -1) < 0, `${tag} < ${next.toString()}`);
          }
        }),
        { numRuns: 300 },
      );
    });
  }

  /** Tags from here on are out of the property: the month after `now`, and numbers that have no next one. */
  function first(name: "semver" | "semver-plain" | "calver" | "major-minor"): string {
    return {
      semver: "v3000000000.0.0",
      "semver-plain": "3000000000.0.0",
      calver: "2026.09.0",
      "major-minor": "3000000000-0",
    }[name];
  }

  it("finds a scheme by its name, and refuses an unknown name with those there are", () => {
    for (const name of schemeNames) assert.equal(findScheme(name).name, name);
    assert.throws(() => findScheme("calendar", "slipway:versions.scheme"), {
      message: /slipway:versions\.scheme: found "calendar"; allowed: semver, semver-plain, calver/,
    });
  });

  it("never coerces: an id is no semantic version, and a digit no release", () => {
    assert.equal(read(schemeNamed("semver-plain"), "5cfc616"), undefined);
    assert.equal(read(schemeNamed("semver"), "v1"), undefined);
    assert.equal(read(schemeNamed("semver"), " v1.2.3"), undefined);
    assert.equal(read(schemeNamed("semver"), "v=1.2.3"), undefined);
    assert.equal(read(schemeNamed("semver"), "vv1.2.3"), undefined);
    assert.equal(read(schemeNamed("semver"), "1.2.3"), undefined);
    assert.equal(read(schemeNamed("semver"), "v2024.04.1"), undefined);
  });
});
