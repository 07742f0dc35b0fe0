import assert from "node:assert/strict";
import { found, unjudged, contradicted, type Evidence, type Finding } from "../../../lib/evidence/finding";
import type { Statement } from "../../../lib/release/approvals/statement";
import { gateOf } from "../../../lib/release/gates/catalogue";
import type { DataFacts } from "../../../lib/release/gates/data-facts";
import type { Deployment, Pin } from "../../../lib/release/gates/deployment";
import type { Facts, PinFacts, ReleaseFacts, SourceFacts } from "../../../lib/release/gates/facts";
import { judgeAll, type GateReport } from "../../../lib/release/gates/judge";
import type { Verdict } from "../../../lib/release/gates/judgement";
import { Digest } from "../../../lib/release/references/digest";
import type { Policy, RuleId, SourcePolicy } from "../../../lib/release/gates/policy";

/** Wednesday, in the middle of the window of `policy`. */
export const now = "2026-11-25T18:00:00Z";
export const hash = `sha256:${"a".repeat(64)}`;
export const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const commit = (digit: string): string => digit.repeat(40);

export const seen = (what: string, where = "https://source.test", when = now, by = "robot"): Evidence => ({
  what,
  where,
  when,
  by,
});
export const is = <T>(value: T, what = "seen"): Finding<T> => found(value, seen(what));
export const not = (allowed: string): Finding<never> =>
  contradicted(
    { where: "https://source.test", found: "the opposite", allowed, mend: "mend it" },
    seen("contradicted"),
  );
export const unknown: Finding<never> = unjudged({
  where: "https://source.test",
  found: "answered 401",
  allowed: "an answer",
  mend: "set a token",
});

/** A release of three repositories that passes every gate there is; tests take one thing away. */
export function policy(more: Partial<Policy> = {}): Policy {
  return {
    system: "fragalysis",
    environment: "prod",
    grade: "production",
    gates: [],
    overrides: [],
    lane: { kind: "normal" },
    site: "cyverse",
    zone: "America/Phoenix",
    sources: [source("backend", "2026.11.1"), source("frontend", "2026.10.4"), source("stack", "2026.11.2")],
    people: {
      identities: [],
      crewChief: "carol",
      driver: "dan",
      wranglers: ["wanda"],
      team: [],
      reviewers: 2,
      wranglerSignOff: "required",
    },
    window: { kind: "once", start: "2026-11-25T09:00", end: "2026-11-25T16:00", zone: "America/Phoenix" },
    notice: { workingDays: 2, target: 14, holidays: [] },
    freezes: [],
    promotion: { chain: ["dev", "staging", "prod"], soakHours: 24, twoSteps: true },
    limits: {
      budgetMinutes: 45,
      backupMinutes: 60,
      candidateDays: 7,
      copyHours: 24,
      restoredAtLeast: { submissionEnvelope: 100 },
      vulnerabilities: {},
      unchangedPins: "warn",
      iterationZero: false,
      clockSeconds: 60,
    },
    places: {
      namespaces: ["production-stack"],
      context: "cluster-prod",
      deploymentBranch: "master",
      secretsReference: "prod",
      ticketLane: "push to production",
      issueLanes: ["Done"],
    },
    ...more,
  };
}

export function source(name: string, tag: string, more: Partial<SourcePolicy> = {}): SourcePolicy {
  return {
    name,
    tag,
    scheme: "calver",
    branch: "production",
    images: [name],
    changelog: "CHANGELOG.md",
    ...more,
  };
}

export function pin(name: string, tag: string, digit: string): Pin {
  return { name, repository: `xchem/fragalysis-${name}`, tag, digest: digest(digit), commit: commit(digit) };
}

const pins = [
  pin("backend", "2026.11.1", "b"),
  pin("frontend", "2026.10.4", "c"),
  pin("stack", "2026.11.2", "d"),
];

export function pinFacts(one: Pin, more: Partial<PinFacts> = {}): PinFacts {
  const environment = {
    BE_NAMESPACE: "xchem",
    BE_IMAGE_TAG: "2026.11.1",
    FE_NAMESPACE: "xchem",
    FE_IMAGE_TAG: "2026.10.4",
    STACK_NAMESPACE: "xchem",
    STACK_VERSION: "2026.11.2",
  };
  return {
    pin: one,
    digest: is(one.digest ?? digest("0")),
    whole: is(one.digest ?? digest("0")),
    image: is({
      digest: Digest.parse(digest("0")),
      labels: {},
      environment,
      schemaVersion: undefined,
      revision: undefined,
      version: undefined,
    }),
    vulnerabilities: is({ critical: 1, high: 0, medium: 0, low: 3 }),
    ...more,
  };
}

export function sourceFacts(name: string, tag: string, more: Partial<SourceFacts> = {}): SourceFacts {
  return {
    name,
    tag: is({ tag, commit: commit("b"), annotated: true, by: "ana", at: "2026-11-17T10:00:00Z" }),
    tags: is(["2026.10.4", "2026.11.1", "2026.11.2"]),
    branch: is("production"),
    ci: found("CI", seen("CI green", "https://ci.test", "2026-11-17T11:00:00Z")),
    smoke: is(undefined),
    changelog: is(
      `# Changelog\n\n## [Unreleased](https://forge.test/compare/${tag}...HEAD) - YYYY-MM-DD\n\n## [${tag}](https://forge.test/compare/2026.10.1...${tag}) - 2026-11-17\n### Added\n- a thing\n\n## [2026.10.1](https://forge.test/compare/2026.9.1...2026.10.1) - 2026-10-01\n- more\n`,
    ),
    workflow: is({ backend: "2026.11.1", frontend: "2026.10.4" }),
    ...more,
  };
}

export function deployment(environment: string, at: string, more: Partial<Deployment> = {}): Deployment {
  return {
    environment,
    release: "2026.11.2",
    hash,
    at,
    by: "ana",
    outcome: "released",
    verified: true,
    lane: "normal",
    pins,
    where: `releases/${environment}/${at}.json`,
    ...more,
  };
}

/** What prod ran before: another backend and another stack. */
export const before = deployment("prod", "2026-10-28T10:00:00Z", {
  release: "2026.10.4",
  hash: digest("9"),
  pins: [pin("backend", "2026.10.3", "7"), pin("frontend", "2026.10.4", "c"), pin("stack", "2026.10.4", "8")],
});
export const onStaging = deployment("staging", "2026-11-20T10:00:00Z");

export function statement(
  by: string,
  role: Statement["role"] = "reviewer",
  more: Partial<Statement> = {},
): Statement {
  return {
    by,
    bot: false,
    role,
    says: "approve",
    hash,
    at: "2026-11-24T10:00:00Z",
    evidence: seen(`${by} approves`),
    ...more,
  };
}

export function release(more: Partial<ReleaseFacts> = {}): ReleaseFacts {
  return {
    version: "2026.11.2",
    hash,
    intent: "deploy",
    makesPage: false,
    operator: "olga",
    schema: { package: "nmdc-schema", version: "11.24.0", hash: digest("e") },
    cluster: { namespace: "production-stack", context: "cluster-prod" },
    services: [
      { name: "stack", image: "stack", replicas: 1, strategy: "rolling", volume: true },
      { name: "worker", image: "stack", replicas: 2, strategy: "rolling", volume: true },
    ],
    deployment: is({ branch: "master", commit: commit("f"), secrets: "prod" }),
    variables: is(["API_URL"]),
    secrets: [{ key: "data.store.uri", from: "the environment variable MONGO_URI", state: "there" }],
    triggers: { deploy: true, developer: false },
    ...more,
  };
}

export function data(more: Partial<DataFacts> = {}): DataFacts {
  return {
    stores: ["frag"],
    backups: is([
      {
        store: "frag",
        name: "backup-1.sql.gz",
        at: "2026-11-25T17:30:00Z",
        bytes: 4711,
        hash: digest("1"),
        restored: { at: now, counts: { submissionEnvelope: 100 } },
      },
    ]),
    rehearsal: is({ copiedAt: "2026-11-25T08:00:00Z", freshVolume: true }),
    pending: is([]),
    maintenance: is([]),
    commitSchema: is("11.24.0"),
    imageSchema: is("11.24.0"),
    packageHashes: is([digest("e")]),
    verified: is({ wrong: [], looked: 4 }),
    ...more,
  };
}

export function facts(more: Partial<Facts> = {}): Facts {
  const job = (
    name: string,
    digit: string,
  ): { name: string; commit: string; outcome: "success"; link: string; at: string; by: string } => ({
    name,
    commit: commit(digit),
    outcome: "success",
    link: "https://ci.test/1",
    at: now,
    by: "ana",
  });
  const done = (["roles", "notice", "banner", "calendar", "status-page", "tech-team"] as const).map(
    (item) => ({
      item,
      at: "2026-11-10T10:00:00Z",
      by: "carol",
      evidence: "https://mail.test/1",
    }),
  );
  return {
    now,
    secondClock: is("2026-11-25T18:00:10Z"),
    release: release(),
    sources: [
      sourceFacts("backend", "2026.11.1"),
      sourceFacts("frontend", "2026.10.4", {
        tag: is({
          tag: "2026.10.4",
          commit: commit("c"),
          annotated: true,
          by: "ana",
          at: "2026-10-12T10:00:00Z",
        }),
      }),
      sourceFacts("stack", "2026.11.2", {
        ci: found("CI", seen("CI green", "https://ci.test", "2026-11-17T12:00:00Z")),
      }),
    ],
    pins: pins.map((one) => pinFacts(one)),
    deployments: is([before, onStaging]),
    request: is({
      number: 7,
      title: "dcp-123 a release",
      link: "https://forge.test/7",
      author: { login: "ana", kind: "person" },
      into: "production",
      head: commit("b"),
      state: "merged",
      pushes: [],
      reviews: [],
    }),
    change: is({ hash, author: "ana", lastPusher: "ben" }),
    statements: is([
      statement("cleo"),
      statement("dora"),
      statement("wanda", "wrangler"),
      statement("cleo", "team"),
      statement("tess", "tester"),
    ]),
    forgeRelease: is({
      tag: "2026.11.2",
      title: "2026.11.2",
      notes: "",
      state: "published",
      link: "https://forge.test/r",
      at: now,
      by: "ana",
    }),
    ticket: is({
      number: 40,
      title: "Release 2026.11.2",
      body: "Backend: 2026.11.1\nFrontend: 2026.10.4\n\n- #12 something\n",
      state: "open",
      assignees: ["carol"],
      labels: [],
      lanes: { board: "Push to production" },
      link: "https://forge.test/40",
      at: now,
      by: "ana",
    }),
    issues: is({
      12: {
        number: 12,
        title: "x",
        body: "",
        state: "closed",
        assignees: [],
        labels: [],
        lanes: { board: "Done" },
        link: "https://forge.test/12",
        at: now,
        by: "ana",
      },
    }),
    done: is(done),
    jobs: is(
      ["b", "c", "d"].flatMap((digit) => [job("Deploy staging", digit), job("Integration staging", digit)]),
    ),
    tree: is(commit("b")),
    released: is(
      Object.fromEntries(pins.map(({ name, tag, digest: bytes }) => [name, { tag, digest: bytes ?? "" }])),
    ),
    data: data(),
    ...more,
  };
}

/** What one gate says; the policy has only this gate. */
export function judge(id: RuleId, rules: Policy = policy(), known: Facts = facts()): GateReport {
  const report = judgeAll(gateOf(id).phase, { ...rules, gates: [id] }, known).gates[0];
  assert.ok(report, `no gate ${id}`);
  return report;
}

export function texts(report: GateReport): string {
  return report.judgements
    .map((one) =>
      one.verdict === "pass"
        ? `pass: ${one.evidence.what}`
        : `${one.verdict}: ${Object.values(one.problem).join(" | ")}`,
    )
    .join("\n");
}

/** Asserts a verdict, and that the words are among what the gate says. */
export function says(report: GateReport, verdict: Verdict, words?: RegExp): void {
  assert.equal(report.verdict, verdict, `${report.id}:\n${texts(report)}`);
  if (words !== undefined) assert.match(texts(report), words);
}
