import assert from "node:assert/strict";
import { DateTime } from "luxon";
import { judgeNewVersion } from "../../../lib/release/versions/new-version";
import { schemeNamed } from "../../../lib/release/versions/schemes";
import { type NextRequest, verdictOn } from "../../../lib/release/versions/version-scheme";

const scheme = schemeNamed("calver");
const august = DateTime.fromISO("2026-08-20T12:00:00", { zone: "Europe/London" });
const september = DateTime.fromISO("2026-09-01T09:00:00", { zone: "Europe/London" });
const existing = ["2026.07.1", "2026.08.1", "2026.08.2", "2026.08.3", "2.6.6.1", "latest"];
const next = (request: NextRequest, tags = existing, now = august) =>
  scheme.next(request, tags, now).toString();
const make = (tag: string, now = august, production = "2026.08.3") =>
  judgeNewVersion(scheme, tag, { existing, now, production });

describe("calver", () => {
  for (const [tag, reach, warned] of [
    ["2023.06.2", "production", false],
    ["2023.2.0", "production", true],
    ["2026.7.1", "production", true],
    ["2023.06.0", "production", true],
    ["2.6.6", "production", true],
    ["2022.11.2-rc.1", "staging-only", false],
    ["2.6.6-alpha.1", "staging-only", true],
    ["2023.11.1-1", "staging-only", false],
    ["2024.11.1-1", "staging-only", false],
    ["2.4", "build-only", false],
    ["2.6.6.1", "build-only", false],
    ["829.26", "build-only", false],
    ["2020.10", "build-only", false],
    ["rel2.2.0", "build-only", false],
    ["s2022.11.0", "build-only", false],
    ["production", "build-only", false],
    ["m2ms-1234-fix", "build-only", false],
    ["2023.13.1", "build-only", false],
    ["2023.00.1", "build-only", false],
    ["2023.006.1", "build-only", false],
  ] as const) {
    it(`F3: ${tag} is ${reach}${warned ? ", with a warning" : ""}`, () => {
      const verdict = verdictOn(scheme, tag);
      assert.equal(verdict.reach, reach);
      assert.equal(verdict.warnings.length > 0, warned, verdict.warnings.join());
      assert.ok(verdict.reason.length > 0);
    });
  }

  it("F2: the next release counts within this month, and begins with 1", () => {
    assert.equal(next({ step: "release" }), "2026.08.4");
    assert.equal(next({ step: "release" }, existing, september), "2026.09.1");
  });

  it("F2: the month is the month where the system's people live", () => {
    const midnight = DateTime.fromISO("2026-08-31T23:30:00Z");
    assert.equal(next({ step: "release" }, existing, midnight.setZone("Europe/London")), "2026.09.1");
    assert.equal(next({ step: "release" }, existing, midnight.setZone("America/Phoenix")), "2026.08.4");
  });

  it("F2: numbers count, not text: 10 follows 9, and both spellings of a month are one month", () => {
    assert.equal(next({ step: "release" }, ["2026.08.9", "2026.8.10"]), "2026.08.11");
  });

  it("F2: tags of a later month say that the clock is off, and nothing is computed", () => {
    assert.throws(() => next({ step: "release" }, ["2026.10.1"]), { message: /found "2026\.10\.1".*clock/ });
  });

  it("F2: a duplicate is refused, in either spelling", () => {
    assert.throws(() => make("2026.08.3"), { message: /which exists; allowed: 2026\.08\.4 \(release\)/ });
    assert.throws(() => make("2026.8.3"), { message: /which exists as "2026\.08\.3"/ });
  });

  for (const tag of ["2026.08.5", "2026.08.0", "2026.13.1", "2026.8.4", "2026.10.1", "2025.08.1"]) {
    it(`F2: making ${tag} is refused`, () => {
      assert.throws(() => make(tag), { name: "Refusal" });
    });
  }

  it("F2: a tag of last month is legal while this month has none, with a warning", () => {
    const made = make("2026.08.4", september);
    assert.match(made.warnings.join(), /not this month \(2026\.09\)/);
    assert.deepEqual(make("2026.09.1", september).warnings, []);
  });

  it("F15: a candidate is of the next release, and counts up; the release takes the same parts", () => {
    assert.equal(next({ step: "candidate" }), "2026.08.4-rc.1");
    assert.equal(next({ step: "candidate" }, [...existing, "2026.08.4-rc.1"]), "2026.08.4-rc.2");
    assert.equal(next({ step: "release" }, [...existing, "2026.08.4-rc.1"]), "2026.08.4");
  });

  it("F20: a hot-fix begins with what runs in production and counts up", () => {
    const repair = (production: string, tags: string[]) => next({ step: "hot-fix", production }, tags);
    assert.equal(repair("2023.11.1", ["2023.11.1"]), "2023.11.1-1");
    assert.equal(repair("2023.11.1", ["2023.11.1", "2023.11.1-1"]), "2023.11.1-2");
    assert.equal(repair("2023.11.1-1", ["2023.11.1", "2023.11.1-1", "2023.12.1-7"]), "2023.11.1-2");
  });

  it("F20: 2023.12.1-1 is refused while production runs 2023.11.1", () => {
    const making = {
      existing: ["2023.11.1", "2023.12.1"],
      now: DateTime.utc(2023, 12, 20),
      production: "2023.11.1",
    };
    assert.throws(() => judgeNewVersion(scheme, "2023.12.1-1", making), {
      message: /2023\.11\.1-1 \(hot-fix\)/,
    });
    assert.equal(judgeNewVersion(scheme, "2023.11.1-1", making).step, "hot-fix");
  });

  it("F20: a candidate in production is no base for a hot-fix", () => {
    assert.throws(() => next({ step: "hot-fix", production: "2023.11.1-rc.1" }, []), {
      message: /last formal production tag/,
    });
  });

  it("orders candidates before and hot-fixes after their release, and months by number", () => {
    const tags = [
      "2024.10.1",
      "2023.09.1-1",
      "2024.9.1",
      "2023.09.1",
      "2023.09.1-rc.2",
      "2023.09.1-beta.9",
      "2023.09.1-2",
    ];
    const sorted = tags.map((tag) => scheme.parse(tag)).sort((a, b) => a.compare(b) ?? 0);
    assert.deepEqual(sorted.map(String), [
      "2023.09.1-beta.9",
      "2023.09.1-rc.2",
      "2023.09.1",
      "2023.09.1-1",
      "2023.09.1-2",
      "2024.9.1",
      "2024.10.1",
    ]);
  });
});
