import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { imagesOf, nmdcDocuments } from "../../tools/job/main-job";
import { System } from "../../tools/job/system";
import { packageRoot } from "../../lib/package-root";
import { Sandbox } from "../docs/sandbox";
import { embedded, embeddedState } from "../embedded";
import { releases } from "./nmdc";

describe("what every pipeline runs: .ci/preview, .ci/pin, .ci/release and .ci/push-records", function () {
  this.timeout(600_000);
  let system: System;
  let clone: Sandbox;
  let variables: NodeJS.ProcessEnv;

  const run = (text: string): string => {
    const { code, output } = clone.run(text, variables);
    assert.equal(code, 0, output);
    return output;
  };

  before("a clone with a stack file, and the repository that it came from", async () => {
    const environment = await embedded();
    system = await System.create(environment, packageRoot(), embeddedState, "pipeline");
    await system.seed(nmdcDocuments(packageRoot()));
    system.plan(await imagesOf(environment, releases.first));
    clone = Sandbox.create();
    variables = system.stack.variables();
    copyFileSync(system.stack.file, join(clone.folder, "Pulumi.pipeline.yaml"));
    run("git add --all && git commit --quiet --message 'a release'");
    run("git clone --quiet --bare . ../origin && git remote add origin ../origin");
  });

  it("X2: tells a reviewer what would be released, as files, and changes nothing", () => {
    run(".ci/preview pipeline ../told");
    const told = (part: string): unknown => JSON.parse(run(`cat ../told/${part}-pipeline.json`));
    const { verdict, gates } = told("gates") as { verdict: string; gates: readonly object[] };
    assert.equal(verdict, "pass");
    assert.ok(gates.length > 0);
    assert.deepEqual((told("data") as { problems: readonly object[] }).problems, []);
    const { changeSummary } = told("plan") as { changeSummary: Readonly<Record<string, number>> };
    assert.deepEqual(Object.keys(changeSummary), ["create"]);
    assert.equal(run("git status --porcelain").trim(), "");
  });

  it("X1: commits and pushes what a tag stands for now, and a second time nothing", () => {
    const before = run("cat Pulumi.pipeline.yaml");
    run(`sed -i 's/sha256:[0-9a-f]*/sha256:${"0".repeat(64)}/' Pulumi.pipeline.yaml`);
    run("git commit --quiet --all --message 'the tags stood for others'");
    const commit = run(".ci/pin pipeline main 2>/dev/null").trim();
    assert.match(commit, /^[0-9a-f]{40}$/);
    assert.equal(run("git -C ../origin show main:Pulumi.pipeline.yaml"), before);
    assert.equal(run(".ci/pin pipeline main 2>/dev/null").trim(), "");
  });

  it("N17: releases, and keeps the record with what the gates said", async () => {
    run(".ci/release pipeline");
    const record = await system.record();
    assert.equal(record.outcome, "released");
    const kept = JSON.parse(run("cat releases/pipeline/*.json")) as {
      readonly record: { readonly hash: string };
      readonly gates: readonly { readonly verdict: string; readonly hash: string }[];
    };
    assert.equal(kept.record.hash, record.hash);
    assert.deepEqual(
      kept.gates.map(({ verdict, hash }) => [verdict, hash]),
      [["pass", record.hash]],
    );
  });

  it("N17: pushes the record, and a second time nothing", () => {
    const commit = run(".ci/push-records pipeline main").trim();
    assert.match(commit, /^[0-9a-f]{40}$/);
    assert.equal(run("git -C ../origin rev-parse main").trim(), commit);
    assert.equal(run(".ci/push-records pipeline main").trim(), "");
  });

  it("N17: ends as pulumi up ended: what was refused is a job that failed, and is on record as that", () => {
    run("sed -i 's/schema: {.*}/schema: { package: nmdc-schema, version: 99.0.0 }/' Pulumi.pipeline.yaml");
    const { code, output } = clone.run(".ci/release pipeline", variables);
    assert.notEqual(code, 0, output);
    assert.match(output, /99\.0\.0/);
    const fresh = run("git ls-files --others --exclude-standard releases").trim();
    const { record } = JSON.parse(clone.read(fresh)) as { readonly record: { readonly outcome: string } };
    assert.equal(record.outcome, "failed");
  });
});
