import assert from "node:assert/strict";
import { type GraphNode, unprotectedData, workloadsBeforeData } from "../../../lib/release/invariants/graph";
import { pinFaults, pullPolicy, tagAndDigest } from "../../../lib/release/invariants/pinned";
import { plainSecret } from "../../../lib/release/invariants/plain-secret";

const digest = `sha256:${"a".repeat(64)}`;

describe("pins", () => {
  it("N4, X1: are digests in staging and production; production's tags do not move", () => {
    const release = { tag: "v2.19.0", digest };
    const moving = { tag: "latest", digest };
    const loose = { tag: "v2.19.0", digest: undefined };
    for (const grade of ["development", "staging", "production"] as const)
      assert.deepEqual(pinFaults(grade, release), []);
    assert.deepEqual(pinFaults("development", { ...moving, ...{ digest: undefined } }), []);
    assert.deepEqual(pinFaults("staging", moving), []);
    assert.deepEqual(pinFaults("staging", loose), ["no digest"]);
    assert.deepEqual(pinFaults("production", moving), ["a moving tag"]);
    assert.deepEqual(pinFaults("production", { tag: "v4", digest: undefined }), [
      "no digest",
      "a moving tag",
    ]);
  });

  it("are read from a reference as a pod has it", () => {
    const read = (reference: string): unknown => Object.values(tagAndDigest(reference));
    assert.deepEqual(read(`host:5000/org/name:v1@${digest}`), ["v1", digest]);
    assert.deepEqual(read("host:5000/org/name"), [undefined, undefined]);
    assert.deepEqual(read("name:latest"), ["latest", undefined]);
    assert.deepEqual(read(`name@${digest}`), [undefined, digest]);
    assert.deepEqual(read("name:v1@sha256:abc"), ["v1", undefined]);
  });

  it("F22: are asked for at every start where the tag moves, else only where the node has them not", () => {
    for (const moving of ["latest", "stable"])
      assert.equal(pullPolicy(`host:5000/org/name:${moving}@${digest}`), "Always");
    for (const fixed of [`name:2026.08.1@${digest}`, `name@${digest}`])
      assert.equal(pullPolicy(fixed), "IfNotPresent");
  });
});

describe("a secret in clear", () => {
  for (const [name, value, reason] of [
    ["MONGO_URI", "mongodb://nmdc:pa55@db.example.org/nmdc", /password in it/],
    ["NOTES", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl", /private key/],
    ["NOTES", `see ghp_${"a1".repeat(18)}`, /access token/],
    ["DB_PASSWORD", "hunter2", /named like a secret/],
    ["API_KEY", "0123456789", /named like a secret/],
    ["auth_token", "abc", /named like a secret/],
  ] as const) {
    it(`X5: is seen in ${name}: ${reason.source}`, () => {
      const seen = plainSecret(name, value);
      assert.match(seen ?? "nothing", reason);
      assert.ok(!seen?.includes(value), "the answer does not hold it");
    });
  }

  it("X5: is not seen where there is none: an address, a path, a number, a word about secrets", () => {
    for (const [name, value] of [
      ["MONGO_URI", "mongodb://db.example.org/nmdc"],
      ["TOKEN_FILE", "/var/run/token"],
      ["AUTH_TOKEN", "/var/run/token"],
      ["TOKEN_URL", "https://login.example.org/token"],
      ["SECRET_NAME", "nmdc-runtime-mongo"],
      ["DB_PASSWORD", ""],
      ["KEYBOARD", "qwerty"],
      ["REPLICAS", "3"],
    ] as const)
      assert.equal(plainSecret(name, value), undefined, name);
  });
});

describe("a release's graph", () => {
  const node = (urn: string, type: string, dependencies: readonly string[] = []): GraphNode => ({
    urn,
    type,
    dependencies,
    protect: false,
  });
  const data = node("data", "pulumi-nodejs:dynamic/slipway:DataMigration");
  const change = node("switch", "pulumi-nodejs:dynamic/slipway:DataSwitch", ["data"]);

  it("N16: has every workload after every data migration, over any number of steps", () => {
    const direct = node("api", "kubernetes:apps/v1:Deployment", ["data"]);
    const far = node("worker", "kubernetes:apps/v1:StatefulSet", ["switch"]);
    const chart = node("chart", "kubernetes:helm.sh/v3:Release", ["worker"]);
    assert.deepEqual(workloadsBeforeData([data, change, direct, far, chart]), []);
  });

  it("N16: names each workload that does not wait, also where it waits for one of two", () => {
    const loose = node("api", "kubernetes:apps/v1:Deployment", []);
    const half = node("worker", "kubernetes:apps/v1:StatefulSet", ["data"]);
    const second = node("other", data.type);
    assert.deepEqual(workloadsBeforeData([data, loose, half]), ["api"]);
    assert.deepEqual(workloadsBeforeData([data, second, loose, half]), ["api", "worker"]);
  });

  it("asks nothing of a stack without data, and ends where edges go round", () => {
    const one = node("one", "kubernetes:apps/v1:Deployment", ["two"]);
    const two = node("two", "kubernetes:apps/v1:Deployment", ["one"]);
    assert.deepEqual(workloadsBeforeData([one, two]), []);
    assert.deepEqual(workloadsBeforeData([data, one, two]), ["one", "two"]);
  });

  it("has its data protected in production, and may have it unprotected elsewhere", () => {
    assert.deepEqual(unprotectedData("production", [data]), ["data"]);
    assert.deepEqual(unprotectedData("production", [{ ...data, protect: true }]), []);
    assert.deepEqual(unprotectedData("staging", [data]), []);
  });
});
