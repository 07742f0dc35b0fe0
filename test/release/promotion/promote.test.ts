import assert from "node:assert/strict";
import { found, unjudged, type Finding } from "../../../lib/evidence/finding";
import type { Deployment, Pin } from "../../../lib/release/gates/deployment";
import {
  planPromotion,
  type PromotionFacts,
  type PromotionTarget,
  type StackPins,
} from "../../../lib/release/promotion/promote";
import { refusalBy } from "../../refusal";

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const pin = (name: string, tag: string, digit: string): Pin => ({
  name,
  repository: `ghcr.io/org/${name}`,
  tag,
  digest: digest(digit),
  commit: digit.repeat(8),
});
const now = "2026-11-21T12:00:00Z";
const schema = (version: string): StackPins["schema"] => ({ package: "nmdc-schema", version });

const chain = ["dev", "staging", "prod"];
const staging: StackPins = {
  file: "Pulumi.staging.yaml",
  system: "nmdc-runtime",
  chain,
  environment: "staging",
  release: "v2.19.0",
  pins: [pin("fastapi", "v2.19.0", "a"), pin("dagster", "v2.19.0", "b")],
  schema: schema("11.24.0"),
};
const prod: PromotionTarget = {
  file: "Pulumi.prod.yaml",
  system: "nmdc-runtime",
  chain,
  environment: "prod",
  release: "v2.18.0",
  pins: [pin("fastapi", "v2.18.0", "1"), pin("dagster", "v2.18.0", "2")],
  schema: schema("11.23.0"),
  soakHours: 72,
  lane: "normal",
  overrides: 0,
};
const verified: Deployment = {
  environment: "staging",
  release: "v2.19.0",
  hash: digest("f"),
  at: "2026-11-18T12:00:00Z",
  by: "ana",
  outcome: "released",
  verified: true,
  lane: "normal",
  pins: staging.pins,
  schema: "11.24.0",
  where: "releases/staging/1.json",
};
const seen = { what: "pods", where: "staging", when: now, by: "cluster" };
const running: Finding<Readonly<Record<string, string>>> = found(
  { fastapi: digest("a"), dagster: digest("b") },
  seen,
);
const facts: PromotionFacts = { now, deployments: [verified], running };

function refused(from: StackPins, to: PromotionTarget, known: PromotionFacts): string {
  return refusalBy(() => planPromotion(from, to, known)).message;
}

describe("promotion", () => {
  it("H8: writes exactly what was verified: release, tag, digest, commit and schema version, and nothing that is the same", () => {
    const { edits } = planPromotion(staging, prod, facts);
    assert.deepEqual(
      edits.map(({ path, to }) => `${path.join(".")} = ${JSON.stringify(to)}`),
      [
        'release = "v2.19.0"',
        'images.fastapi.tag = "v2.19.0"',
        `images.fastapi.digest = "${digest("a")}"`,
        'images.fastapi.commit = "aaaaaaaa"',
        'images.dagster.tag = "v2.19.0"',
        `images.dagster.digest = "${digest("b")}"`,
        'images.dagster.commit = "bbbbbbbb"',
        'data.schema.version = "11.24.0"',
      ],
    );
  });

  it("X3: promoting the same again writes nothing", () => {
    const done = { ...prod, release: staging.release, pins: staging.pins, schema: staging.schema };
    assert.deepEqual(planPromotion(staging, done, facts).edits, []);
  });

  it("H15: refuses to skip an environment, to go backwards, and a chain that knows neither", () => {
    const dev = { ...staging, environment: "dev", file: "Pulumi.dev.yaml" };
    const onDev = { ...facts, deployments: [{ ...verified, environment: "dev" }] };
    assert.match(
      refused(dev, prod, onDev),
      /found dev → prod; allowed: staging → prod \(dev → staging → prod\)\. Mend: slipway promote staging prod/,
    );
    assert.match(refused(staging, { ...prod, environment: "dev" }, facts), /nothing is promoted to dev/);
    assert.match(refused(staging, { ...prod, chain: [] }, facts), /no chain/);
  });

  it("H15: refuses two stack files of two orders or two systems, by both names; one environment may lead to several", () => {
    const says = refused({ ...staging, system: "another", chain: ["staging", "dev", "prod"] }, prod, facts);
    assert.match(says, /Pulumi\.staging\.yaml slipway:system: found another; allowed: nmdc-runtime/);
    assert.match(says, /found staging → dev → prod; allowed: dev → staging → prod, as in Pulumi\.prod\.yaml/);
    assert.doesNotThrow(() =>
      planPromotion({ ...staging, chain: ["dev", "staging", "elsewhere"] }, prod, facts),
    );
    assert.doesNotThrow(() => planPromotion({ ...staging, chain: [] }, prod, facts));
  });

  it("F15: refuses what was never released there, rolled back, or not verified", () => {
    assert.match(refused(staging, prod, { ...facts, deployments: [] }), /no release of staging on record/);
    assert.match(
      refused(staging, prod, { ...facts, deployments: [{ ...verified, outcome: "rolled-back" }] }),
      /no release of staging/,
    );
    assert.match(
      refused(staging, prod, { ...facts, deployments: [{ ...verified, verified: false }] }),
      /was not verified/,
    );
  });

  it("H8: refuses another digest than the one that was verified: in the stack file, and in the pods", () => {
    const edited = { ...staging, pins: [pin("fastapi", "v2.19.0", "c"), pin("dagster", "v2.19.0", "b")] };
    assert.match(
      refused(edited, prod, facts),
      /Pulumi\.staging\.yaml slipway:images: found fastapi v2\.19\.0 \(sha256:cccccccccccc\); allowed: v2\.19\.0 \(sha256:aaaaaaaaaaaa\)/,
    );
    const drifted = { ...facts, running: found({ fastapi: digest("9") }, seen) };
    assert.match(refused(staging, prod, drifted), /staging, fastapi: found runs sha256:999999999999/);
    assert.match(
      refused({ ...staging, schema: schema("11.25.0") }, prod, facts),
      /found 11\.25\.0; allowed: 11\.24\.0, as verified/,
    );
  });

  it("W4: refuses before the soak time is over, says how long is left, and lets a hot-fix pass", () => {
    assert.doesNotThrow(() => planPromotion(staging, prod, facts));
    const early = { ...facts, now: "2026-11-21T10:00:00Z" };
    assert.match(refused(staging, prod, early), /70\.0 h; allowed: 72 h.*wait 2\.0 h more/);
    assert.doesNotThrow(() => planPromotion(staging, { ...prod, lane: "hot-fix" }, early));
  });

  it("X4: names everything that forbids it at once", () => {
    const message = refused({ ...staging, pins: staging.pins.slice(1) }, prod, {
      ...facts,
      now: "2026-11-19T12:00:00Z",
    });
    assert.match(message, /no fastapi/);
    assert.match(message, /Pulumi\.prod\.yaml slipway:images\.fastapi: found fastapi, which staging has not/);
    assert.match(message, /wait 48\.0 h more/);
  });

  it("says so when nobody could look at what runs, and goes by the record", () => {
    const blind = unjudged({ where: "cluster", found: "no kubeconfig", allowed: "pods", mend: "" });
    assert.match(
      planPromotion(staging, prod, { ...facts, running: blind }).warnings[0] ?? "",
      /no kubeconfig.*releases\/staging\/1\.json decides/,
    );
  });

  it("takes the last release's overrides away: each was for that release", () => {
    const last = planPromotion(staging, { ...prod, overrides: 2 }, facts).edits.at(-1);
    assert.deepEqual(last, { path: ["gates", "override"], to: [] });
  });
});
