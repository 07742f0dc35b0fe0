import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkPage } from "../../cli/check-page";
import { loadStack } from "../../cli/gated-stack";
import { found } from "../../lib/evidence/finding";
import { packageRoot } from "../../lib/package-root";
import type { Statement } from "../../lib/release/approvals/statement";
import { Digest } from "../../lib/release/references/digest";
import type { Deployment } from "../../lib/release/gates/deployment";
import type { Facts, PinFacts } from "../../lib/release/gates/facts";
import { judgeAll } from "../../lib/release/gates/judge";
import {
  before,
  deployment,
  digest,
  facts,
  hash,
  is,
  pinFacts,
  release,
  seen,
  sourceFacts,
  statement,
} from "../release/gates/world";

const now = "2026-11-25T18:00:00Z";
const commit = `1c704975${"0".repeat(32)}`;
const golden = join(packageRoot(), "test", "golden", "release");

const onRecord = (known: readonly Deployment[]): Facts["deployments"] =>
  found(known, seen(`${known.length} releases on record`, "releases"));
const signed = (said: readonly Statement[]): Facts["statements"] =>
  found(said, seen(`${said.length} statements`, "releases/prod/approvals"));

/** What a good day finds for a committed stack; the tests take something away. */
async function goodDay(environment: string, more: Partial<Facts> = {}): Promise<Facts> {
  const { config } = await loadStack(packageRoot(), environment);
  const { schema } = config.data;
  const pins: readonly PinFacts[] = Object.entries(config.images).map(([name, one]) =>
    pinFacts(
      { name, ...one },
      {
        digest: is(one.digest ?? "", `${one.repository}:${one.tag} is ${one.digest?.slice(0, 19) ?? ""}`),
        image: is({
          digest: Digest.parse(one.digest ?? ""),
          labels: {},
          environment: {},
          schemaVersion: schema.version,
          revision: commit,
          version: one.tag,
        }),
      },
    ),
  );
  const seenPins = pins.map(({ pin }) => pin);
  const ran = (where: string, at: string, of: string): Deployment =>
    deployment(where, at, { release: config.release, hash: of, pins: seenPins });
  const former = deployment("prod", "2026-10-27T10:00:00Z", {
    release: "v2.17.0",
    hash: digest("7"),
    pins: seenPins.map((pin) => ({
      ...pin,
      tag: "v2.17.0",
      digest: digest(pin.name === "dagster" ? "6" : "5"),
    })),
  });
  const known = facts({
    now,
    pins,
    sources: Object.keys(config.sources).map((name) =>
      sourceFacts(name, config.release, {
        tag: is({ tag: config.release, commit, annotated: true, by: "ana", at: "2026-11-17T10:00:00Z" }),
        tags: is(["v2.16.0", "v2.17.0", "v2.18.0"]),
        branch: is("main"),
        ci: is("python-app.yml", "python-app.yml of 1c704975 succeeded"),
        changelog: is("# Releases\n\n## v2.18.0\n\n- Faster searches\n"),
      }),
    ),
    release: release({
      version: config.release,
      hash: hash,
      schema,
      makesPage: config.notes !== undefined,
      services: Object.entries(config.services).map(([name, { image, replicas, strategy }]) => ({
        name,
        image,
        replicas,
        strategy,
        volume: false,
      })),
    }),
    secondClock: found("2026-11-25T17:59:58Z", seen("its Date", "api.github.com")),
    deployments: onRecord([ran("staging", "2026-11-23T10:00:00Z", before.hash), former]),
    change: is({ hash: hash, author: "ana", lastPusher: "ana" }),
    statements: signed([statement("cleo", "reviewer", { hash: hash })]),
  });
  const data = {
    ...known.data,
    commitSchema: is(schema.version, `requirements/main.txt pins ${schema.version}`),
    imageSchema: is(schema.version, `org.slipway.schema-version is ${schema.version}`),
    packageHashes: is(schema.hash === undefined ? [] : [schema.hash], "tools/python/requirements"),
  };
  return { ...known, data, ...more };
}

async function pageOf(environment: string, more: Partial<Facts> = {}): Promise<string> {
  const { policy } = await loadStack(packageRoot(), environment);
  const known = await goodDay(environment, more);
  return `${checkPage(judgeAll("before", policy, known), known)}\n`;
}

describe("slipway check on the NMDC stacks", () => {
  for (const environment of ["dev", "staging", "prod"]) {
    it(`prints the page of ${environment} on a good day as kept in test/golden/release/check-${environment}.txt`, async () => {
      const kept = readFileSync(join(golden, `check-${environment}.txt`), "utf8");
      assert.equal(await pageOf(environment), kept);
    });
  }

  it("X4: prints what stops prod when staging never ran it and nobody approved, kept in check-prod-refused.txt", async () => {
    const page = await pageOf("prod", { deployments: onRecord([]), statements: signed([]) });
    assert.equal(page, readFileSync(join(golden, "check-prod-refused.txt"), "utf8"));
  });
});
