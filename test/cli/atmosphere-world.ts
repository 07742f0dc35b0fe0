import type { GitFixture } from "../evidence/git-fixture";
import { putOnRecord } from "./on-record";
import { ReleasePlace } from "./release-place";

const names = ["atmosphere", "troposphere"] as const;
type Name = (typeof names)[number];

/** Tags of the two, as git has them; their images have `release-` in front. */
export type Tags = Readonly<Record<Name, string>>;
export const former: Tags = { atmosphere: "v36-9", troposphere: "v36-6" };
export const released: Tags = { atmosphere: "v37-2", troposphere: "v36-6" };

const hour = 3_600_000;
const local = (hours: number): string => new Date(Date.now() + hours * hour).toISOString().slice(0, 16);
const address = (name: Name): string => `https://forge.example.org/cyverse/${name}`;

/** Atmosphere in small: two repositories with changelogs, two images, beta before production, a repository of secrets. */
export class AtmosphereWorld {
  private readonly digests = new Map<string, string>();
  /** The window's line of every stack file: it is open now. */
  readonly window = `  slipway:window: { kind: once, start: "${local(-1)}", end: "${local(6)}", zone: UTC }\n`;

  private constructor(
    readonly place: ReleasePlace,
    private readonly repositories: Readonly<Record<Name, GitFixture>>,
    readonly secrets: GitFixture,
  ) {}

  static async start(): Promise<AtmosphereWorld> {
    const place = await ReleasePlace.start();
    const repositories = Object.fromEntries(names.map((name) => [name, place.repository(name, "master")]));
    const secrets = place.repository("secrets", "prod");
    secrets.commit("variables of production");
    const world = new AtmosphereWorld(place, repositories as Record<Name, GitFixture>, secrets);
    const first = (name: Name, tag: string): string =>
      `## [Unreleased](${address(name)}/compare/${tag}...HEAD)\n\n## [${tag}](${address(name)}/compare/v36-5...${tag}) - 2020-06-16\n### Added\n- maintenance\n\n## [v36-5](${address(name)}/compare/v36-4...v36-5) - 2019-09-27\n`;
    await world.tag("troposphere", "v36-6", first("troposphere", "v36-6"));
    await world.tag("atmosphere", "v36-9", first("atmosphere", "v36-9"));
    const since = `${address("atmosphere")}/compare/v36-9...v37-2`;
    const cut = first("atmosphere", "v36-9").split("\n\n## [v36-9]")[1] ?? "";
    await world.tag(
      "atmosphere",
      "v37-2",
      `## [Unreleased](${address("atmosphere")}/compare/v37-2...HEAD)\n\n## [v37-2](${since}) - 2020-10-26\n### Fixed\n- quotas\n\n## [v36-9]${cut}`,
    );
    place.project.commit("stacks", { "Pulumi.prod.yaml": world.stackFile("prod", former) });
    return world;
  }

  stop(): Promise<void> {
    return this.place.stop();
  }

  /** Commits a changelog, tags it, and builds the image. */
  async tag(name: Name, tag: string, changelog: string): Promise<void> {
    const repository = this.repositories[name];
    repository.commit(tag, { "CHANGELOG.md": `# Changelog\n\n${changelog}` });
    repository.git("tag", tag);
    const digest = await this.place.registry.image(`cyverse/${name}`, `release-${tag}`, {}, `${name} ${tag}`);
    this.digests.set(`${name} ${tag}`, digest);
  }

  digest(name: Name, tag: string): string {
    return this.digests.get(`${name} ${tag}`) ?? "";
  }

  async ran(
    environment: "beta" | "prod",
    at: string,
    tags: Tags,
    change: Parameters<typeof putOnRecord>[3] = {},
  ): Promise<void> {
    this.place.write(`Pulumi.${environment}.yaml`, this.stackFile(environment, tags));
    await putOnRecord(this.place.folder, environment, at, change);
  }

  /** A stack file with these tags whose window is open now; its gates are for a test to fill in. */
  stackFile(environment: "beta" | "prod", tags: Tags = released): string {
    const images = names.map(
      (name) =>
        `    ${name}: { repository: ${this.place.registry.host}/cyverse/${name}, tag: release-${tags[name]}, digest: "${this.digest(name, tags[name])}" }`,
    );
    const sources = names.map(
      (name) =>
        `    ${name}: { clone: ../${name}, tag: ${tags[name]}, scheme: major-minor, branch: master, images: [${name}], changelog: CHANGELOG.md }`,
    );
    return `# Atmosphere, ${environment}
config:
  slipway:system: atmosphere
  slipway:environment: ${environment}
  slipway:grade: ${environment === "prod" ? "production" : "staging"}
  slipway:release: ${tags.atmosphere}
  slipway:cluster: { kind: context, kubeconfig: { file: none.yaml }, context: none, namespace: atmo-${environment} }
  slipway:images:
${images.join("\n")}
  slipway:services:
    atmosphere: { image: atmosphere, port: 8000 }
    troposphere: { image: troposphere, port: 8001 }
  slipway:data:
    store: { kind: mongodb, uri: { env: MONGO_URI }, database: atmo_prod }
    schema: { package: nmdc-schema, version: 11.23.0 }
  slipway:sources:
${sources.join("\n")}
  slipway:lane: { kind: normal }
${this.window}  slipway:people: { allowedSigners: .slipway/allowed_signers }
  slipway:promotion: { chain: [beta, prod] }
  slipway:gates:
    preset: none
    add: []
    site: cyverse
    limits: { candidateDays: 0 }
    places: { secretsReference: prod, secretsCheckout: ../secrets }
`;
  }
}
