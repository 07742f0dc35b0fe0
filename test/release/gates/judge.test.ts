import assert from "node:assert/strict";
import { gateOf, gates } from "../../../lib/release/gates/catalogue";
import { judgeAll, refusalOf } from "../../../lib/release/gates/judge";
import { presetNames, presets } from "../../../lib/release/gates/presets/presets";
import {
  deployment,
  facts,
  is,
  judge,
  not,
  pin,
  pinFacts,
  policy,
  says,
  source,
  sourceFacts,
  unknown,
} from "./world";

const broken = facts({
  forgeRelease: not("a page"),
  tree: unknown,
  pins: facts().pins.map(({ pin: one }) => pinFacts({ ...one, digest: undefined })),
});
const rules = policy({ gates: ["N3", "A15", "X1", "F11"] });

describe("judging all gates", () => {
  it("X4: shows everything that refuses or cannot be judged at once, with what mends it", () => {
    const report = judgeAll("before", rules, broken);
    assert.equal(report.verdict, "refuse");
    const refusal = refusalOf(report);
    assert.ok(refusal);
    const lines = refusal.problems.map(({ where, found, mend }) => `${where}: ${found} → ${mend}`).join("\n");
    assert.match(lines, /N3 the release has a summary: .*the opposite → mend it/);
    assert.match(lines, /A15 .*cannot be judged yet \(answered 401\) → set a token/);
    assert.equal(refusal.problems.filter(({ where }) => where.startsWith("X1")).length, 3);
    assert.doesNotMatch(lines, /F11/);
  });

  it("X2: the report is data about one release hash and one moment, and judging twice gives the same", () => {
    const report = judgeAll("before", rules, broken);
    assert.deepEqual(judgeAll("before", rules, broken), report);
    assert.equal(report.hash, facts().release.hash);
  });

  it("nothing stops a release that obeys", () => {
    assert.equal(
      refusalOf(judgeAll("before", policy({ gates: ["N3", "A15", "X1", "F11"] }), facts())),
      undefined,
    );
  });

  it("X4: an override needs its gate and subject, turns the refusal into a warning, and is on record", () => {
    const of = {
      ...facts(),
      sources: facts().sources.map((one) => ({ ...one, branch: not(`${one.name} on production`) })),
    };
    const override = { gate: "F4" as const, of: "backend", reason: "history was re-written", by: "carol" };
    const report = judge("F4", policy({ overrides: [override] }), of);
    says(report, "refuse", /frontend on production/);
    assert.deepEqual(
      report.overridden.map((one) => one.override),
      [override],
    );
    assert.equal(report.overridden[0]?.was.verdict, "refuse");
    says(judge("F4", policy({ overrides: [{ ...override, of: undefined }] }), of), "warn");
    says(judge("F13", policy({ overrides: [{ ...override, of: undefined }] }), of), "refuse");
  });

  it("X4: an override that has run out overrides nothing, and some gates are never overridden", () => {
    const tree = facts({ tree: not("a clean tree") });
    const until = (moment: string): ReturnType<typeof policy> =>
      policy({ overrides: [{ gate: "A15", reason: "r", by: "b", until: moment }] });
    says(judge("A15", until("2026-11-25T18:00:01Z"), tree), "warn");
    says(judge("A15", until("2026-11-25T18:00:00Z"), tree), "refuse");
    says(judge("X1", policy({ overrides: [{ gate: "X1", reason: "r", by: "b" }] }), broken), "refuse");
  });

  it("F20: a hot-fix begins with the tag that runs in production and counts on from the last", () => {
    const lane = { kind: "hot-fix", reason: "outage", by: "dan" } as const;
    const running = deployment("prod", "2026-10-28T10:00:00Z", { pins: [pin("stack", "2023.11.1", "8")] });
    const fix = (tag: string, tags: readonly string[]): ReturnType<typeof judge> =>
      judge(
        "F20",
        policy({ lane, sources: [source("stack", tag)] }),
        facts({ sources: [sourceFacts("stack", tag, { tags: is(tags) })], deployments: is([running]) }),
      );
    says(fix("2023.11.1-1", ["2023.11.1", "2023.11.1-1"]), "pass", /repairs 2023\.11\.1/);
    says(fix("2023.11.1-2", ["2023.11.1", "2023.11.1-1", "2023.11.1-2"]), "pass");
    says(fix("2023.11.1-1", ["2023.11.1", "2023.11.1-1", "2023.11.1-2"]), "pass", /repairs/);
    says(
      fix("2023.12.1-1", ["2023.11.1", "2023.12.1", "2023.12.1-1"]),
      "refuse",
      /2023\.11\.1-1, since 2023\.11\.1 runs in prod/,
    );
    says(fix("2023.11.1-3", ["2023.11.1", "2023.11.1-1", "2023.11.1-3"]), "refuse", /2023\.11\.1-2/);
    says(judge("F20", policy({ lane }), facts({ deployments: is([]) })), "refuse", /no release of prod/);
    assert.match(judge("F20").setAside ?? "", /hot-fix/);
  });
});

describe("presets", () => {
  it("name only gates that exist, each once", () => {
    for (const name of presetNames) {
      for (const ids of Object.values(presets[name])) {
        assert.equal(new Set(ids).size, ids.length, name);
        for (const id of ids) assert.equal(gateOf(id).id, id);
      }
    }
  });

  it("between them use every gate, so that none is forgotten", () => {
    const used = new Set(presetNames.flatMap((name) => Object.values(presets[name]).flat()));
    assert.deepEqual(
      gates.map(({ id }) => id).filter((id) => !used.has(id)),
      [],
    );
  });

  it("are stricter the nearer to users", () => {
    for (const name of presetNames) {
      const { development, production } = presets[name];
      assert.deepEqual(
        development.filter((id) => !production.includes(id)),
        [],
        name,
      );
    }
  });

  it("a gate that nobody knows is refused with those that there are", () => {
    assert.throws(() => gateOf("N99"), /"N99".*N1, N2/);
  });
});
