import assert from "node:assert/strict";
import { gates } from "../../../lib/release/gates/catalogue";
import {
  facts,
  judge,
  policy,
  release,
  source,
  sourceFacts,
  texts,
  unknown,
  data,
  pinFacts,
  pin,
  data as dataFacts,
} from "./world";
import type { Facts } from "../../../lib/release/gates/facts";
import type { Policy } from "../../../lib/release/gates/policy";

/** Gates whose systems name tags and places in their own way get a world of their own. */
function worldOf(id: string): readonly [Policy, Facts] {
  if (id === "A7")
    return [
      policy({ sources: [source("atmosphere", "v37-5", { scheme: "major-minor" })] }),
      facts({ sources: [sourceFacts("atmosphere", "v37-5")] }),
    ];
  if (id === "H9") {
    const one = { ...pin("core", "prod-0ec3e066-14-04-2022.1649922784", "b"), commit: "0ec3e066" };
    return [
      policy({ sources: [source("core", "0ec3e066", { scheme: "git-commit" })] }),
      facts({ sources: [sourceFacts("core", "0ec3e066")], pins: [pinFacts(one)] }),
    ];
  }
  return [policy(), facts()];
}

describe("every gate", () => {
  for (const gate of gates) {
    if (gate.lanes !== undefined && !gate.lanes.includes("normal")) continue;
    it(`${gate.id}: passes a release that obeys it (${gate.title})`, () => {
      const report = judge(gate.id, ...worldOf(gate.id));
      assert.equal(report.verdict, "pass", texts(report));
      assert.ok(report.judgements.length > 0, "it says on what evidence");
    });
  }

  const blind: Facts = {
    ...facts(),
    secondClock: unknown,
    sources: facts().sources.map(({ name }) => ({
      ...{
        name,
        tag: unknown,
        tags: unknown,
        branch: unknown,
        ci: unknown,
        smoke: unknown,
        changelog: unknown,
        workflow: unknown,
      },
    })),
    pins: facts().pins.map(({ pin: one }) => ({
      pin: one,
      digest: unknown,
      whole: unknown,
      image: unknown,
      vulnerabilities: unknown,
    })),
    deployments: unknown,
    request: unknown,
    change: unknown,
    statements: unknown,
    forgeRelease: unknown,
    ticket: unknown,
    issues: unknown,
    done: unknown,
    jobs: unknown,
    tree: unknown,
    released: unknown,
    release: release({ deployment: unknown, variables: unknown }),
    data: {
      ...data(),
      backups: unknown,
      rehearsal: unknown,
      pending: unknown,
      maintenance: unknown,
      commitSchema: unknown,
      imageSchema: unknown,
      packageHashes: unknown,
      verified: unknown,
    },
  };

  it("never passes on what nobody could look at", () => {
    // These look at more than the stack file only to say more: without it they still judge.
    const byConfig = [
      ...gates.filter(({ alone }) => alone === true).map(({ id }) => id),
      "F2",
      "A7",
      "H9",
      "A11",
    ];
    for (const gate of gates.filter(
      ({ id, lanes }) => !byConfig.includes(id) && lanes?.includes("normal") !== false,
    )) {
      assert.equal(judge(gate.id, policy(), blind).verdict, "waiting", `${gate.id} ${gate.title}`);
    }
  });

  it("waits when it breaks on odd facts, and says so", () => {
    const report = judge(
      "F24",
      policy(),
      facts({
        data: dataFacts({
          backups: { finding: "found", value: null as never, evidence: null as never, warnings: [] },
        }),
      }),
    );
    assert.equal(report.verdict, "waiting");
  });

  it("that is said to need the stack file alone passes with nothing else known", () => {
    for (const gate of gates.filter(({ alone }) => alone === true)) {
      const report = judge(gate.id, policy(), blind);
      assert.equal(report.verdict, "pass", `${gate.id}: ${texts(report)}`);
    }
  });
});
