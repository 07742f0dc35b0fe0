import { readdirSync, readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../../lib/package-root";
import { reportOf } from "./example-gates";
import { type ExampleOutcome, hashOf, recordOf } from "./example-records";
import { type ExampleRelease, type ExampleSystem, fragalysis, nmdc, stackFile } from "./example-systems";
import { type MadeCommit, makeRepository } from "./fast-import";

/** One thing that happens in the example: a stack file is changed, and mostly released. */
interface Event extends ExampleRelease {
  readonly system: ExampleSystem;
  readonly on: string;
  readonly at: string;
  readonly by: string;
  /** Nothing: it was merged and waits. */
  readonly outcome?: ExampleOutcome["outcome"];
  readonly reason?: string;
}

const hotFix = "{ kind: hot-fix, reason: 'search answered 500 for every biosample', by: ben }";

function events(
  system: ExampleSystem,
  list: readonly (readonly [
    at: string,
    on: string,
    release: string,
    schema: string,
    by: string,
    more?: Partial<Event>,
  ])[],
): readonly Event[] {
  return list.map(([at, on, release, schema, by, more]) => ({
    ...{ system, on, at: `2026-${at}:00Z`, release, schema, by, outcome: "released" as const },
    ...more,
  }));
}

/** Twenty releases of two systems in seven weeks: a hot-fix, one that took itself back, a way back, one that waits. */
export const story: readonly Event[] = [
  ...events(nmdc, [
    ["10-01T09:12", "dev", "v2.16.0", "11.23.0", "ana"],
    ["10-02T10:05", "staging", "v2.16.0", "11.23.0", "ana"],
    ["10-06T16:02", "prod", "v2.16.0", "11.23.0", "ana"],
    ["10-08T11:40", "dev", "v2.17.0", "11.23.0", "ben"],
    ["10-09T09:30", "staging", "v2.17.0", "11.23.0", "ben"],
    ["10-13T15:31", "prod", "v2.17.0", "11.23.0", "ana"],
    ["10-14T07:52", "prod", "v2.17.1", "11.23.0", "ben", { lane: hotFix }],
    ["10-20T13:25", "dev", "v2.18.0", "11.24.0", "ana"],
    [
      "10-21T09:14",
      "staging",
      "v2.18.0",
      "11.24.0",
      "ana",
      { outcome: "rolled-back", reason: "runtime-api was not ready within 600 s: 1 of 3 pods restarted" },
    ],
    ["10-22T10:20", "staging", "v2.18.0", "11.24.0", "ana"],
    ["10-27T15:08", "prod", "v2.18.0", "11.24.0", "cleo"],
    ["10-28T08:41", "prod", "v2.17.1", "11.23.0", "cleo"],
    ["10-29T12:10", "dev", "v2.18.1", "11.24.0", "ben"],
    ["10-30T09:55", "staging", "v2.18.1", "11.24.0", "ben"],
    ["11-03T15:16", "prod", "v2.18.1", "11.24.0", "ana"],
    ["11-17T14:02", "dev", "v2.19.0", "11.24.1", "ben"],
    ["11-19T10:31", "staging", "v2.19.0", "11.24.1", "ben"],
  ]),
  ...events(fragalysis, [
    ["10-15T10:00", "fragalysis-staging", "2026.10.1", "1.0.0", "dora"],
    ["10-19T09:00", "fragalysis-production", "2026.10.1", "1.0.0", "dora"],
    ["11-18T10:20", "fragalysis-staging", "2026.11.1", "1.0.0", "emil"],
  ]),
].sort((a, b) => (a.at < b.at ? -1 : 1));

/** The change that a reviewer is asked about: the last commit of the example. */
export const proposed: Event = {
  system: nmdc,
  on: "prod",
  at: "2026-11-20T16:45:00Z",
  release: "v2.19.0",
  schema: "11.24.1",
  by: "ana",
};

/** Makes the example's repositories: `releases`, and beside it the one that its images are built from. */
export function makeExample(folder: string): { readonly releases: string; readonly runtime: string } {
  const releases = join(folder, "releases");
  const runtime = join(folder, nmdc.name);
  makeRepository(runtime, runtimeCommits);
  makeRepository(releases, commitsOf([...story, proposed]));
  return { releases, runtime };
}

/** As many releases as wanted, of one system on three environments, for whoever measures. */
export function makeManyReleases(folder: string, releases: number): void {
  const environments = ["dev", "staging", "prod"];
  const many = Array.from({ length: releases }, (_, index): Event => {
    const at = new Date(Date.parse("2022-01-03T09:00:00Z") + index * 86_400_000).toISOString();
    const round = Math.floor(index / environments.length);
    const failed = index % 17 === 16;
    return {
      system: nmdc,
      on: environments[index % environments.length] ?? "dev",
      at,
      by: ["ana", "ben", "cleo"][round % 3] ?? "ana",
      release: `v2.${round}.0`,
      schema: round % 2 === 0 ? "11.23.0" : "11.24.0",
      outcome: failed ? "rolled-back" : "released",
      ...(failed && { reason: "runtime-api was not ready within 600 s" }),
    };
  });
  makeRepository(folder, commitsOf(many));
}

/** Each event is a change of the stack file, and where it was released a record some minutes later. */
function commitsOf(all: readonly Event[]): readonly MadeCommit[] {
  const running = new Map<string, ExampleRelease>();
  const attempts = new Map<string, number>();
  const first: MadeCommit = {
    at: all[0]?.at ?? "2026-01-01T00:00:00Z",
    author: "ana",
    message: "Migrations",
    files: {
      ...filesOf(join(packageRoot(), "migrations"), "migrations"),
      "Pulumi.yaml": "name: releases\nruntime: nodejs\n",
    },
  };
  return [
    first,
    ...all.flatMap((event): readonly MadeCommit[] => {
      const { system, on, at, by, release, outcome, reason } = event;
      const environment = system.environments.find(({ name }) => name === on);
      if (environment === undefined) throw new Error(`no environment ${on} in ${system.name}`);
      const stack = stackFile(system, environment, event);
      const asked = { at, author: by, message: `${on}: ${release}`, files: { [`Pulumi.${on}.yaml`]: stack } };
      if (outcome === undefined) return [asked];
      const number = (attempts.get(on) ?? 0) + 1;
      attempts.set(on, number);
      const from = running.get(on);
      const started = new Date(Date.parse(at) + 900_000).toISOString();
      const gates = [reportOf(stack, started)];
      const [path, text] = recordOf(stack, packageRoot(), {
        ...{ at: started, by, number, from, outcome, gates },
        ...(reason === undefined ? {} : { reason }),
      });
      if (outcome === "released") running.set(on, event);
      const kept = new Date(Date.parse(at) + 1_500_000).toISOString();
      return [
        asked,
        {
          at: kept,
          author: "release-bot",
          message: `Record of ${release} on ${on}`,
          files: { [path]: text },
        },
      ];
    }),
  ];
}

function filesOf(folder: string, as: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const [path, name] = [join(folder, entry.name), `${as}/${entry.name}`];
      return entry.isDirectory() ? Object.entries(filesOf(path, name)) : [[name, readFileSync(path, "utf8")]];
    }),
  );
}

/** The code between two releases, as its people wrote it. */
const runtimeCommits: readonly MadeCommit[] = [
  ["2026-10-29T09:00:00Z", "ben", "Retry minting when the id service is busy", "v2.18.1"],
  ["2026-11-04T13:10:00Z", "cleo", "Merge pull request #1412: filter biosamples by depth\n\nCloses #1398"],
  [
    "2026-11-06T10:22:00Z",
    "ben",
    "Merge pull request #1415: page through `/nmdcschema` by cursor\n\nCloses #1377, #1402",
  ],
  ["2026-11-10T15:40:00Z", "ana", "Update nmdc-schema to 11.24.1"],
  ["2026-11-12T08:31:00Z", "cleo", "Dagster: one retry less for changesheets"],
  ["2026-11-16T16:05:00Z", "ben", "Merge pull request #1421: <b>bold</b> claims & @everyone\n\nCloses #1419"],
  ["2026-11-17T11:48:00Z", "ben", "Release notes for v2.19.0", "v2.19.0"],
].map(([at = "", author = "", message = "", tag]) => ({
  ...{ at, author, message, files: { "CHANGES.md": `${message}\n` } },
  ...(tag === undefined ? {} : { tag }),
}));

/**
 * What other commands would say of the proposed change, as the diff's options: gates of which one waits, and Pulumi's plan.
 * @param folder where the files are written.
 */
export async function proposal(folder: string, releases: string): Promise<readonly string[]> {
  const stack = await readFile(join(releases, "Pulumi.prod.yaml"), "utf8");
  const waits = { H3: "1 of 1 approval is missing: ana wrote the change, and does not count" };
  const [gates, plan] = [join(folder, "gates.json"), join(folder, "plan.json")];
  const report = reportOf(stack, "2026-11-20T17:02:00Z", waits);
  await writeFile(gates, JSON.stringify({ ...report, hash: hashOf(stack, packageRoot()) }));
  await writeFile(plan, JSON.stringify(proposedPlan));
  return ["--gates", `prod=${gates}`, "--plan", `prod=${plan}`];
}

const urn = (type: string, name: string): string => `urn:pulumi:prod::nmdc-runtime::${type}::${name}`;

/** Of the form of `pulumi preview --json`. */
const proposedPlan = {
  steps: [
    { op: "update", urn: urn("pulumi-nodejs:dynamic/slipway:DataMigration", "nmdc-runtime") },
    { op: "update", urn: urn("slipway:Workload$kubernetes:apps/v1:Deployment", "fastapi") },
    { op: "update", urn: urn("slipway:Workload$kubernetes:apps/v1:Deployment", "dagster") },
    {
      op: "replace",
      urn: urn("slipway:Workload$kubernetes:core/v1:Service", "fastapi"),
      replaceReasons: ["spec.clusterIP"],
    },
    { op: "same", urn: urn("pulumi:pulumi:Stack", "nmdc-runtime-prod") },
  ],
  changeSummary: { update: 5, replace: 1, same: 9 },
};
