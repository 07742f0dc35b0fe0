import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { EmbeddedEnvironment } from "../../lib/config/embedded";
import type { StackFile } from "../../lib/config/stack-file";
import { packageRoot } from "../../lib/package-root";
import { type ApiBehaviour, systemImage } from "../images/make-images";
import { LoopbackRegistry } from "../images/registry";
import type { PulumiRun, PulumiStack } from "../job/pulumi-stack";
import { Platform } from "../platform/platform";
import { PostgresDatabases } from "../platform/postgres-databases";
import { SourceRepository } from "../platform/source-repository";
import { atmosphereData } from "./atmosphere-data";
import {
  type AtmosphereEnvironment,
  atmosphereEnvironments,
  atmospherePlaces,
  type AtmosphereService,
  atmosphereServices,
  databaseOf,
} from "./atmosphere-places";
import { type Checkouts, settle } from "./atmosphere-settings";
import { kubeconfigWith } from "./contexts";
import { KeptChangelog } from "./kept-changelog";
import { Operator, type Show } from "./operator";
import { People } from "./people";
import type { Ran } from "./run";
import { Workplace } from "./workplace";

/** What comes: the system's version, its schema, and the pins that change. */
export interface AtmosphereRelease {
  readonly release: string;
  readonly schema: string;
  readonly pins: Readonly<Partial<Record<AtmosphereService, Pin>>>;
}

export interface Pin {
  /** Example: `release-v37-2`. */
  readonly tag: string;
  readonly digest: string;
}

const twentyDays = 20 * 24 * 3_600_000;

/** Atmosphere on the embedded environment: beta and two sites, each with its namespace and its two PostgreSQL databases. */
export class Atmosphere {
  private readonly changelogs = {
    atmosphere: new KeptChangelog("cyverse/atmosphere", "v37-0"),
    troposphere: new KeptChangelog("cyverse/troposphere", "v36-4"),
  };

  private constructor(
    private readonly environment: EmbeddedEnvironment,
    readonly work: Workplace,
    private readonly operator: Operator<AtmosphereEnvironment>,
    private readonly people: People,
    private readonly repositories: Readonly<Record<AtmosphereService, SourceRepository>>,
    readonly stacks: Readonly<Record<AtmosphereEnvironment, PulumiStack>>,
    readonly platforms: Readonly<Record<AtmosphereEnvironment, Platform>>,
    readonly data: Readonly<Record<AtmosphereEnvironment, PostgresDatabases>>,
  ) {}

  /** @param environment one with PostgreSQL. */
  static async create(
    environment: EmbeddedEnvironment,
    state: string,
    show: Show = () => undefined,
    signal?: AbortSignal,
  ): Promise<Atmosphere> {
    const folder = join(state, "examples", "atmosphere");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const contexts = ["cyverse", "jetstream"];
    const variables = {
      ATMOSPHERE_KUBECONFIG: await kubeconfigWith(
        environment.kubeconfig,
        contexts,
        join(folder, "kubeconfig"),
      ),
      ATMOSPHERE_RELEASE_DATABASE_URL: environment.postgres?.uri ?? "",
      ATMOSPHERE_DATABASE_URL: environment.postgres?.userUri ?? "",
    };
    const original = join(packageRoot(), "examples", "atmosphere");
    const work = Workplace.open(environment, state, original, variables, signal);
    const source = (name: string): SourceRepository =>
      SourceRepository.begin(join(folder, "repositories", name), "master");
    const repositories = { atmosphere: source("atmosphere"), troposphere: source("troposphere") };
    const secrets = {} as Record<AtmosphereEnvironment, string>;
    const platforms = {} as Record<AtmosphereEnvironment, Platform>;
    const data = {} as Record<AtmosphereEnvironment, PostgresDatabases>;
    const stacks = {} as Record<AtmosphereEnvironment, PulumiStack>;
    for (const name of atmosphereEnvironments) {
      const place = atmospherePlaces[name];
      const checkout = SourceRepository.begin(join(folder, "secrets", name), place.secrets);
      checkout.commit(`variables of ${name}`);
      secrets[name] = checkout.folder;
      stacks[name] = await work.stack(name);
      platforms[name] = new Platform(environment, place.namespace);
      data[name] = await found(environment, name, platforms[name]);
    }
    const people = People.introduce(folder, work, "tess");
    const operator = new Operator(work, stacks, show);
    const system = new Atmosphere(environment, work, operator, people, repositories, stacks, platforms, data);
    const { atmosphere, troposphere } = repositories;
    const checkouts: Checkouts = {
      sources: { atmosphere: atmosphere.folder, troposphere: troposphere.folder },
      secrets,
    };
    for (const name of atmosphereEnvironments)
      work.edit(name, (file) => {
        settle(file, name, environment, checkouts);
      });
    work.commit("where it runs");
    return system;
  }

  /** Cuts and tags a release of one service, and pushes its image, tagged as their builds are (rules A6, A7). */
  async build(
    service: AtmosphereService,
    tag: string,
    schema: string,
    behaviour: ApiBehaviour = { kind: "honest" },
  ): Promise<Pin> {
    const repository = this.repositories[service];
    const changelog = this.changelogs[service].cut(tag, `what ${tag} is for`);
    const commit = repository.commit(tag, { "CHANGELOG.md": changelog });
    repository.git("tag", tag);
    const image = await systemImage("maintained", { version: tag, schema, commit }, behaviour);
    const registry = new LoopbackRegistry(this.environment.registry);
    const imageTag = `release-${tag}`;
    return { tag: imageTag, digest: await registry.push(`cyverse/${service}`, imageTag, image) };
  }

  /** Writes a release into an environment's stack file, as a pull request does. */
  pin(environment: AtmosphereEnvironment, { release, schema, pins }: AtmosphereRelease): void {
    this.edit(environment, `${environment} ${release}`, (file) => {
      file.set(["release"], release);
      file.set(["data", "schema", "version"], schema);
      for (const [service, { tag, digest }] of Object.entries(pins)) {
        file.set(["images", service, "tag"], tag);
        file.set(["images", service, "digest"], digest);
      }
    });
  }

  /** Any other change of a stack file. */
  edit(environment: AtmosphereEnvironment, why: string, change: (file: StackFile) => void): void {
    this.work.edit(environment, change);
    this.work.commit(why);
  }

  /** What is verified on beta comes into a site's stack file (rule A9). */
  async promoted(to: Exclude<AtmosphereEnvironment, "beta">): Promise<void> {
    await this.operator.command("promote", "beta", to);
    this.work.commit(`promote beta to ${to}`);
  }

  /** The site's people are told in time, each with what shows it (rules A2 to A5). */
  async told(environment: AtmosphereEnvironment): Promise<void> {
    const at = new Date(Date.now() - twentyDays).toISOString();
    for (const item of atmospherePlaces[environment].told) {
      const evidence = `https://example.org/${environment}/${item}`;
      await this.operator.command("done", environment, item, "--evidence", evidence, "--at", at);
    }
    this.work.commit(`${environment} is told`);
  }

  /** Who tested it on beta says so, of exactly what would be released (rule A9). */
  async tested(environment: AtmosphereEnvironment): Promise<void> {
    await this.operator.command(...this.people.approve(environment, "tess", "tester"));
    this.work.commit(`${environment} is tested`);
  }

  /** `pulumi up`, and its record. */
  deployed(environment: AtmosphereEnvironment): Promise<void> {
    return this.operator.deploy(environment);
  }

  /** `pulumi up` of an environment, however it ends. */
  up(environment: AtmosphereEnvironment, ...more: readonly string[]): Promise<PulumiRun> {
    return this.operator.up(environment, ...more);
  }

  /** A command of `slipway`, however it ends. */
  slipway(...args: readonly string[]): Promise<Ran> {
    return this.operator.slipway(...args);
  }

  /** The stack file of an earlier release again; users' writes since `release` are given up by name (rule N18). */
  goBack(environment: AtmosphereEnvironment, to: string, release: string): void {
    this.operator.goBack(environment, to);
    this.edit(environment, `${environment} gives up what was written since ${release}`, (file) => {
      file.set(["data", "acceptLossSince"], release);
    });
  }

  /** Both databases of one environment as plain SQL files of the project, as the old production's were dumped by hand (rule A11). */
  dump(environment: AtmosphereEnvironment): Readonly<Record<AtmosphereService, string>> {
    const files = { atmosphere: "dumps/atmo.sql", troposphere: "dumps/tropo.sql" };
    mkdirSync(join(this.work.folder, "dumps"), { recursive: true });
    for (const service of atmosphereServices) {
      const database = atmospherePlaces[environment].databases[databaseOf[service]];
      const args = ["--file", join(this.work.folder, files[service])];
      execFileSync("pg_dump", args, { env: this.data[environment].programEnvironment(database) });
    }
    return files;
  }
}

/** What an environment has before its first release: a namespace with its Secrets, and data; jetstream's come by the first deployment. */
async function found(
  environment: EmbeddedEnvironment,
  name: AtmosphereEnvironment,
  platform: Platform,
): Promise<PostgresDatabases> {
  const { databases } = atmospherePlaces[name];
  const journal = `slipway_atmosphere_${name}`;
  const data = PostgresDatabases.on(environment, journal, ...Object.values(databases));
  await platform.remove();
  await data.drop();
  const secrets = atmosphereServices.map(
    (service) => [`${service}-database`, { uri: data.podUri(databases[databaseOf[service]]) }] as const,
  );
  await platform.create({ secrets: Object.fromEntries(secrets) });
  if (name === "jetstream") return data;
  for (const [own, statements] of Object.entries(atmosphereData))
    await data.create(databases[own as keyof typeof databases], statements);
  return data;
}
