import { GithubServer } from "../evidence/github-server";
import type { GitFixture } from "../evidence/git-fixture";
import { putOnRecord } from "./on-record";
import { ReleasePlace } from "./release-place";

const branches = { backend: "production", frontend: "production", stack: "master" } as const;
export type PartName = keyof typeof branches;
const names = Object.keys(branches) as readonly PartName[];

/** One tag of each of the three. */
export type Tags = Readonly<Record<PartName, string>>;
/** What runs before, and what is released. */
export const former: Tags = { backend: "2026.10.1", frontend: "2026.11.1", stack: "2026.10.4" };
export const released: Tags = { backend: "2026.11.1", frontend: "2026.11.1", stack: "2026.11.1" };

interface Made {
  readonly commit: string;
  readonly digest: string;
}

/** Fragalysis in small: three repositories, three images of which the last says what it was built from, one forge. */
export class FragalysisWorld {
  private readonly made = new Map<string, Made>();

  private constructor(
    readonly place: ReleasePlace,
    readonly forge: GithubServer,
    private readonly repositories: Readonly<Record<PartName, GitFixture>>,
  ) {}

  static async start(): Promise<FragalysisWorld> {
    const place = await ReleasePlace.start();
    const repositories = Object.fromEntries(
      names.map((name) => [name, place.repository(name, branches[name])]),
    ) as Record<PartName, GitFixture>;
    const world = new FragalysisWorld(place, await GithubServer.start(), repositories);
    for (const tags of [former, released])
      for (const name of names)
        if (!world.made.has(`${name} ${tags[name]}`)) await world.tag(name, tags[name], tags);
    place.project.commit("stacks", { "Pulumi.prod.yaml": world.stackFile("prod", former) });
    return world;
  }

  async stop(): Promise<void> {
    await this.forge.stop();
    await this.place.stop();
  }

  /** Commits, tags and builds one part. @param from what a stack is built from. @param branch another one than production's. */
  async tag(name: PartName, tag: string, from: Tags, branch: string = branches[name]): Promise<void> {
    const repository = this.repositories[name];
    if (branch !== branches[name]) repository.git("checkout", "--quiet", "-b", branch);
    const files = name === "stack" ? workflow(from) : { "version.txt": tag };
    const commit = repository.commit(`${name} ${tag}`, files);
    repository.git("tag", tag);
    if (branch !== branches[name]) repository.git("checkout", "--quiet", branches[name]);
    const config = name === "stack" ? { config: { Env: environment(from, tag) } } : {};
    const digest = await this.place.registry.image(`xchem/fragalysis-${name}`, tag, config, `${name} ${tag}`);
    this.made.set(`${name} ${tag}`, { commit, digest });
  }

  /** CI of a part's tag ended so, at this minute of a day. */
  ci(name: PartName, tag: string, outcome: string, minute = names.indexOf(name)): void {
    const at = new Date(Date.UTC(2026, 10, 20, 12, minute)).toISOString();
    const run = {
      status: "completed",
      conclusion: outcome,
      event: "push",
      run_number: 1,
      name: `build ${name}`,
    };
    const times = { created_at: at, updated_at: at, run_started_at: at };
    this.forge.runs.push(this.forge.make("run", { ...run, ...times, head_sha: this.of(name, tag).commit }));
  }

  /** Puts what runs in an environment on record. */
  async ran(grade: "staging" | "prod", at: string, tags: Tags): Promise<void> {
    this.place.write(`Pulumi.${grade}.yaml`, this.stackFile(grade, tags));
    await putOnRecord(this.place.folder, grade, at);
  }

  of(name: PartName, tag: string): Made {
    const made = this.made.get(`${name} ${tag}`);
    if (made === undefined) throw new Error(`no ${name} ${tag} was made`);
    return made;
  }

  /** A stack file with these tags; `GATES` is for a test to fill in. */
  stackFile(environment: "staging" | "prod", tags: Tags = released): string {
    const grade = environment === "prod" ? "production" : environment;
    const images = names.map((name) => {
      const { digest, commit } = this.of(name, tags[name]);
      const repository = `${this.place.registry.host}/xchem/fragalysis-${name}`;
      return `    ${name}: { repository: ${repository}, tag: ${tags[name]}, digest: "${digest}", commit: "${commit}" }`;
    });
    const sources = names.map(
      (name) => `    ${name}:
      clone: ../${name}
      forge: { kind: github, project: xchem/fragalysis-${name}, api: ${this.forge.api} }
      tag: ${tags[name]}
      scheme: calver
      branch: ${branches[name]}
      images: [${name}]`,
    );
    return `# Fragalysis, ${environment}
config:
  slipway:system: fragalysis
  slipway:environment: ${environment}
  slipway:grade: ${grade}
  slipway:release: ${tags.stack}
  slipway:cluster: { kind: context, kubeconfig: { file: none.yaml }, context: none, namespace: ${grade}-stack }
  slipway:images:
${images.join("\n")}
  slipway:services:
    stack: { image: stack, port: 8080 }
  slipway:data:
    store: { kind: mongodb, uri: { env: MONGO_URI }, database: frag }
    schema: { package: nmdc-schema, version: 11.23.0 }
  slipway:sources:
${sources.join("\n")}
  slipway:lane: { kind: normal }
  slipway:promotion: { chain: [staging, prod] }
  slipway:gates: { preset: none, add: [], limits: {}, places: { ticketLane: push to production } }
`;
  }
}

function workflow({ backend, frontend, stack }: Tags): Record<string, string> {
  const env = `env:\n  BE_IMAGE_TAG: ${backend}\n  FE_IMAGE_TAG: ${frontend}\n`;
  return { ".github/workflows/build-main.yaml": `# ${stack}\n${env}` };
}

/** The six build arguments, as the image's build bakes them in. */
function environment({ backend, frontend }: Tags, tag: string): readonly string[] {
  return [
    "BE_NAMESPACE=xchem",
    `BE_IMAGE_TAG=${backend}`,
    "FE_NAMESPACE=xchem",
    `FE_IMAGE_TAG=${frontend}`,
    "STACK_NAMESPACE=xchem",
    `STACK_VERSION=${tag}`,
  ];
}
