import type { CiRun } from "../../../lib/evidence/forge";
import type { Backup } from "../../../lib/release/gates/data-facts";
import type { Facts } from "../../../lib/release/gates/facts";
import type { Lane } from "../../../lib/release/gates/lane";
import {
  before,
  data,
  deployment,
  digest,
  facts,
  is,
  judge,
  not,
  now,
  onStaging,
  pin,
  pinFacts,
  policy,
  release,
  says,
  source,
  sourceFacts,
  statement,
  unknown,
} from "./world";

const jobs = (outcome: CiRun["outcome"]): Facts =>
  facts({
    jobs: is(
      ["b", "c", "d"].flatMap((digit) =>
        ["Deploy staging", "Integration staging"].map((name) => ({
          name,
          commit: digit.repeat(40),
          outcome: name === "Integration staging" && digit === "c" ? outcome : "success",
          link: `https://ci.test/${name}`,
          at: now,
          by: "ana",
        })),
      ),
    ),
  });
const backup = (more: Partial<Backup>): Facts =>
  facts({
    data: data({
      backups: is([
        {
          store: "frag",
          name: "2026-11-25T00_00.tar.gz",
          at: "2026-11-25T00:00:00Z",
          bytes: 1,
          hash: digest("1"),
          ...more,
        },
      ]),
    }),
  });

describe("gates of HCA Ingest", () => {
  it("H1: refuses a change to another branch, warns of a title without its ticket", () => {
    const request = facts().request;
    const change = (more: object): Facts =>
      facts({ request: request.finding === "found" ? is({ ...request.value, ...more }) : request });
    says(judge("H1", policy(), change({ into: "feature/x" })), "refuse", /a change to feature\/x/);
    says(judge("H1", policy(), change({ title: "some fix" })), "warn", /dcp-<ticket> <title>/);
  });

  it("H2: refuses while unit tests or build of exactly this commit are not green", () => {
    const sources = facts().sources.map((one) => ({ ...one, ci: not("Unit Test and Build green") }));
    says(judge("H2", policy(), facts({ sources })), "refuse", /Unit Test and Build green/);
  });

  it("H3: one other and the author are not two others", () => {
    says(
      judge("H3", policy(), facts({ statements: is([statement("ana"), statement("cleo")]) })),
      "refuse",
      /1 of 2 as reviewer \(ana is the author\)/,
    );
    says(
      judge(
        "H3",
        policy(),
        facts({ statements: is([statement("cleo"), statement("dora", "reviewer", { hash: digest("4") })]) }),
      ),
      "refuse",
      /that has changed since/,
    );
    says(
      judge(
        "H3",
        policy(),
        facts({
          statements: is([
            statement("cleo"),
            statement("dora"),
            statement("eve", "reviewer", { says: "reject" }),
          ]),
        }),
      ),
      "refuse",
      /eve rejects it/,
    );
  });

  it("H4: refuses a failed or missing integration run of the environment before, waits for one that runs", () => {
    says(judge("H4", policy(), jobs("failure")), "refuse", /Integration staging of cccccccc: failure/);
    says(judge("H4", policy(), jobs("pending")), "waiting", /pending/);
    says(judge("H4", policy(), facts({ jobs: is([]) })), "refuse", /no run/);
    says(
      judge("H4", policy({ environment: "dev", grade: "development" }), facts({ jobs: is([]) })),
      "pass",
      /first of its chain/,
    );
  });

  it("H5: refuses without a wrangler's word where it is required, and only then", () => {
    const silent = facts({ statements: is([statement("cleo", "wrangler")]) });
    says(judge("H5", policy(), silent), "refuse", /0 of 1 as wrangler \(cleo is none of wanda\)/);
    says(
      judge("H5", policy({ people: { ...policy().people, wranglerSignOff: "optional" } }), silent),
      "pass",
    );
    says(
      judge("H5", policy({ people: { ...policy().people, wranglerSignOff: "optional" } }), jobs("failure")),
      "refuse",
    );
  });

  it("H6: the author's own word is not the team's", () => {
    says(
      judge("H6", policy(), facts({ statements: is([statement("ana", "team")]) })),
      "refuse",
      /ana is the author/,
    );
    says(
      judge("H6", policy({ people: { ...policy().people, team: ["tom"] } })),
      "refuse",
      /cleo is none of tom/,
    );
  });

  it("H7: refuses a deployment without a finished release, and one of other images", () => {
    says(judge("H7", policy(), facts({ released: is(undefined) })), "refuse", /slipway release prod/);
    says(
      judge(
        "H7",
        policy(),
        facts({
          released: is({
            backend: { tag: "x", digest: digest("b") },
            frontend: { tag: "x", digest: digest("3") },
          }),
        }),
      ),
      "refuse",
      /frontend was released as sha256:333333333333[^]*stack was not released/,
    );
  });

  it("N2: going back to what ran here before needs no promotion", () => {
    const back = facts({
      deployments: is([before, onStaging]),
      pins: before.pins.map((one) => pinFacts(one)),
    });
    for (const id of ["F15", "H8", "H15", "W4", "A9"] as const)
      says(judge(id, policy(), back), "pass", /a way back needs no promotion/);
    const never = facts({
      deployments: is([{ ...before, outcome: "rolled-back" as const }, onStaging]),
      pins: before.pins.map((one) => pinFacts(one)),
    });
    says(judge("F15", policy(), never), "refuse");
  });

  it("H8: refuses what is not exactly what runs on staging, more or less", () => {
    const other = { ...onStaging, pins: onStaging.pins.slice(1) };
    says(
      judge("H8", policy(), facts({ deployments: is([before, other]) })),
      "refuse",
      /what runs in staging: no backend/,
    );
    const retagged = facts().pins.map(({ pin: one }) => pinFacts({ ...one, tag: `prod-${one.tag}` }));
    says(judge("H8", policy(), facts({ pins: retagged })), "pass", /2026\.11\.2 runs in staging/);
    says(judge("H8", policy(), facts({ deployments: unknown })), "waiting");
  });

  it("H9: refuses a tag of another environment or commit; warns where the date is not that of its seconds", () => {
    const tagged = (tag: string, commit = "5ddba2b"): ReturnType<typeof judge> =>
      judge(
        "H9",
        policy({ sources: [source("core", commit, { scheme: "git-commit" })] }),
        facts({
          sources: [sourceFacts("core", commit)],
          pins: [pinFacts({ ...pin("core", tag, "b"), commit })],
        }),
      );
    says(tagged("prod-33242e93-16-04-2021.1618577888", "33242e93"), "pass");
    says(tagged("staging-5ddba2b-16-04-2021.1618562812"), "refuse", /staging/);
    says(tagged("prod-5ddba2b-18-04-2021.1618562812"), "warn", /2 days/);
    says(
      tagged("prod-33242e93-16-04-2021.1618577888", "5ddba2b"),
      "refuse",
      /a tag of 33242e93, an image of 5ddba2b/,
    );
    says(tagged("latest"), "refuse");
  });

  it("H10: refuses another environment's namespace or cluster, and cannot be overridden", () => {
    const ingest = policy({ places: { ...policy().places, namespaces: [], context: undefined } });
    const cluster = (namespace: string, context?: string): Facts =>
      facts({ release: release({ cluster: { namespace, context } }) });
    says(judge("H10", ingest, cluster("prod-environment", "ingest-eks-prod")), "pass");
    says(
      judge("H10", ingest, cluster("prod-environment", "ingest-eks-staging")),
      "refuse",
      /ingest-eks-staging \| ingest-eks-prod/,
    );
    says(judge("H10", ingest, cluster("staging-environment", "ingest-eks-prod")), "refuse");
    const overrides = [{ gate: "H10" as const, reason: "urgent", by: "ana" }];
    says(judge("H10", { ...ingest, overrides }, cluster("staging-environment", "ingest-eks-prod")), "refuse");
  });

  it("H11: refuses a service without a number of replicas, or with none", () => {
    for (const replicas of [undefined, 0, -1, 1.5]) {
      const services = [
        { name: "exporter", image: "stack", replicas, strategy: "rolling" as const, volume: true },
      ];
      says(
        judge("H11", policy(), facts({ release: release({ services }) })),
        "refuse",
        /slipway:services\.exporter\.replicas/,
      );
    }
  });

  it("H12: refuses the deployment's config of another branch", () => {
    says(
      judge("H12", policy(), facts({ release: release({ deployment: is({ branch: "dev", commit: "f" }) }) })),
      "refuse",
      /branch dev \| master/,
    );
  });

  it("H14: refuses when pods run another image than was released", () => {
    says(
      judge(
        "H14",
        policy(),
        facts({ data: data({ verified: is({ wrong: ["pod core-1: sha256:0"], looked: 3 }) }) }),
      ),
      "refuse",
      /core-1/,
    );
  });

  it("H15: refuses to skip an environment, and one that is not in the chain", () => {
    says(
      judge("H15", policy(), facts({ deployments: is([before, deployment("dev", now)]) })),
      "refuse",
      /no release of staging/,
    );
    says(judge("H15", policy({ environment: "integration" })), "refuse", /dev → staging → prod/);
  });

  const emergency = (more: Partial<Extract<Lane, { kind: "emergency" }>> = {}): ReturnType<typeof policy> =>
    policy({
      lane: {
        kind: "emergency",
        reason: "GitLab is down, users lose data",
        by: "dan",
        approver: "carol",
        ...more,
      },
    });
  it("H16: an emergency needs an approver who is somebody else, and sets the forge's gates aside", () => {
    says(judge("H16", emergency()), "pass", /approved by carol/);
    says(judge("H16", emergency({ approver: "Dan" })), "refuse", /who also makes the release/);
    says(judge("H16", emergency({ approver: "olga" })), "refuse", /who also makes the release/);
    says(judge("H16", emergency({ approver: "" })), "refuse", /no approver/);
    for (const id of ["H1", "H2", "H3", "H4", "H5", "H6", "H7", "H8"] as const)
      says(judge(id, emergency(), facts({ statements: unknown, jobs: unknown })), "pass");
    for (const id of ["H20", "X1", "H10"] as const)
      says(
        judge(id, emergency(), id === "H20" ? backup({ at: "2026-11-23T00:00:00Z" }) : facts()),
        id === "H20" ? "refuse" : "pass",
      );
  });

  it("H16: afterwards the environment is untracked until the next normal release", () => {
    const hurried = deployment("prod", "2026-11-24T10:00:00Z", { lane: "emergency", release: "2026.11.1" });
    says(
      judge("H16", policy(), facts({ deployments: is([before, hurried]) })),
      "warn",
      /prod is untracked since the emergency release 2026\.11\.1/,
    );
    says(
      judge(
        "H16",
        policy(),
        facts({ deployments: is([before, hurried, deployment("prod", "2026-11-25T10:00:00Z")]) }),
      ),
      "pass",
      /tracked/,
    );
  });

  it("H20: refuses yesterday's backup", () => {
    says(judge("H20", policy(), backup({})), "pass");
    says(judge("H20", policy(), backup({ at: "2026-11-24T23:59:59Z" })), "refuse", /of 2026-11-24/);
  });

  it("H21: 99 documents are too few, 100 are enough, and a backup that was never restored is none", () => {
    const restored = (submissionEnvelope: number): Facts =>
      backup({ restored: { at: now, counts: { submissionEnvelope } } });
    says(judge("H21", policy(), restored(99)), "refuse", /99 submissionEnvelope/);
    says(judge("H21", policy(), restored(100)), "pass");
    says(judge("H21", policy(), backup({})), "refuse", /never restored/);
  });

  it("H22: refuses when there is nothing that could be restored", () => {
    says(judge("H22"), "pass", /mongorestore --drop of backup-1\.sql\.gz/);
    says(judge("H22", policy(), facts({ data: data({ backups: is([]) }) })), "refuse", /no backup/);
  });

  it("H23: refuses change sets out of order or twice, and any without a backup", () => {
    const pending = (...sets: readonly (readonly [string, string])[]): Facts =>
      facts({ data: data({ pending: is(sets.map(([id, order]) => ({ id, order, author: "ana" }))) }) });
    says(
      judge("H23", policy(), pending(["one", "2019-10-30"], ["two", "2019-11-01"])),
      "pass",
      /pending: one, two/,
    );
    says(
      judge("H23", policy(), pending(["two", "2019-11-01"], ["one", "2019-10-30"])),
      "refuse",
      /one \(2019-10-30\) after a later one/,
    );
    says(
      judge("H23", policy(), pending(["one", "2019-10-30"], ["one", "2019-11-01"])),
      "refuse",
      /one twice/,
    );
    says(
      judge(
        "H23",
        policy(),
        facts({
          data: data({ pending: is([{ id: "one", order: "2019-10-30", author: "ana" }]), backups: is([]) }),
        }),
      ),
      "refuse",
      /no backup/,
    );
  });
});
