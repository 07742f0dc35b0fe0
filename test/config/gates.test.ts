import assert from "node:assert/strict";
import { z } from "zod";
import { gateSections, type GateConfig } from "../../lib/config/gates";
import { gateContradictions, gatesOf } from "../../lib/config/gates-contradictions";
import { policyOf } from "../../lib/config/gates-policy";

const schema = z.strictObject(gateSections);
const image = (tag: string): { repository: string; tag: string; digest: string } => ({
  repository: "xchem/stack",
  tag,
  digest: `sha256:${"a".repeat(64)}`,
});
const stack = {
  system: "fragalysis",
  environment: "prod",
  grade: "production" as const,
  release: "2026.11.2",
  images: { stack: image("2026.11.2") },
};
const paths = (input: object): readonly string[] =>
  gateContradictions({ ...schema.parse(input), ...stack }).map(
    ({ path, message }) => `${path.join(".")}: ${message}`,
  );

describe("gates in a stack file", () => {
  it("an empty stack file has the pins' gate and the normal lane", () => {
    const config: GateConfig = schema.parse({});
    assert.deepEqual(gatesOf(config.gates, "production"), ["X1"]);
    assert.deepEqual(config.lane, { kind: "normal" });
    assert.deepEqual(paths({}), []);
  });

  it("a preset gives a system's gates, and `add` further ones, each once", () => {
    const config = schema.parse({ gates: { preset: "nmdc", add: ["H3", "N1"] } });
    const ids = gatesOf(config.gates, "production");
    assert.ok(ids.includes("N1") && ids.includes("H3"));
    assert.equal(new Set(ids).size, ids.length);
  });

  it("X4: refuses misspelt keys, gates and zones of time by their path, all at once", () => {
    const result = schema.safeParse({
      gates: { preset: "nmcd", add: ["N0"], override: [{ gate: "N1", reason: "", by: "ana" }], limit: {} },
      lane: { kind: "emergency", reason: "x", by: "ana" },
      window: { kind: "once", start: "9am", end: "2026-11-30T16:00", zone: "UTC" },
      promotion: { soakHours: -1 },
    });
    assert.ok(!result.success);
    const found = result.error.issues.map(({ path }) => path.join("."));
    for (const path of [
      "gates.preset",
      "gates.add.0",
      "gates.override.0.reason",
      "gates",
      "lane.approver",
      "window.start",
      "promotion.soakHours",
    ]) {
      assert.ok(found.includes(path), `${path} among ${found.join(", ")}`);
    }
  });

  it("X4: refuses tags that are no tags: control characters, other scripts' digits, 10 kB, options", () => {
    for (const tag of [
      "v1\u001b[2J",
      "２０２６.11.1",
      "v".repeat(10_240),
      "--upload-pack=x",
      "v 1",
      "",
      "a\nb",
    ]) {
      const result = schema.safeParse({ sources: { runtime: { scheme: "semver", branch: "main", tag } } });
      assert.ok(!result.success, JSON.stringify(tag.slice(0, 20)));
      assert.deepEqual(result.error.issues[0]?.path, ["sources", "runtime", "tag"]);
    }
  });

  it("X4: two parts that contradict each other are named: overrides of gates that are not there, of firm ones, twice", () => {
    const override = (gate: string, of?: string): object => ({ gate, of, reason: "r", by: "ana" });
    const found = paths({
      gates: {
        preset: "fragalysis",
        override: [override("A1"), override("X1"), override("F4"), override("F4", "backend")],
      },
    }).join("\n");
    assert.match(found, /gates\.override\.0\.gate: a gate that this environment has/);
    assert.match(found, /gates\.override\.1\.gate: another gate: X1 is never overridden/);
    assert.match(found, /gates\.override\.3: one override of F4/);
    assert.equal(
      paths({
        gates: { preset: "fragalysis", override: [override("F4", "frontend"), override("F4", "backend")] },
      }).length,
      0,
    );
  });

  it("X4: an image of two sources, a chain without this environment, a window's gates without a window", () => {
    const git = { scheme: "calver", branch: "production" };
    const found = paths({
      sources: { backend: { ...git, images: ["stack"] }, frontend: { ...git, images: ["stack", "nobody"] } },
      promotion: { chain: ["dev", "staging", "dev"] },
      gates: { preset: "atmosphere" },
    }).join("\n");
    assert.match(found, /sources\.frontend\.images\.0: an image of one source only: backend has it too/);
    assert.match(found, /sources\.frontend\.images\.1: one of slipway:images \(stack\)/);
    assert.match(found, /promotion\.chain: every environment once: dev is there twice/);
    assert.match(found, /promotion\.chain: a chain with prod/);
    assert.match(found, /window: a window, since A2, A3, A4, A5, W1/);
  });

  it("a source's tag is its own, its first image's, or the release's version", () => {
    const git = { scheme: "calver", branch: "production" };
    const config = schema.parse({
      sources: { own: { ...git, tag: "2026.10.1" }, image: { ...git, images: ["stack"] }, release: git },
    });
    const policy = policyOf({ ...config, ...stack, images: { stack: image("2026.11.3") } });
    assert.deepEqual(
      policy.sources.map(({ name, tag }) => [name, tag]),
      [
        ["own", "2026.10.1"],
        ["image", "2026.11.3"],
        ["release", "2026.11.2"],
      ],
    );
  });

  it("A7: the tag of a Major-Minor source is its image's, without the word that only images have in front", () => {
    const git = { scheme: "major-minor", branch: "master", images: ["stack"] };
    const config = schema.parse({ sources: { atmosphere: git } });
    const tagOf = (tag: string): string | undefined =>
      policyOf({ ...config, ...stack, images: { stack: image(tag) } }).sources[0]?.tag;
    assert.deepEqual(["release-v37-2", "v36-6"].map(tagOf), ["v37-2", "v36-6"]);
  });
});
