import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { EmbeddedEnvironment } from "../../lib/config/embedded";
import { packageRoot } from "../../lib/package-root";
import type { PulumiRun, PulumiStack } from "../job/pulumi-stack";
import { type ApiBehaviour, systemImage } from "../images/make-images";
import { LoopbackRegistry } from "../images/registry";
import { MongoDatabase } from "../platform/mongo-database";
import { Platform } from "../platform/platform";
import { SourceRepository } from "../platform/source-repository";
import type { Program } from "../programs/recipe";
import { kubeconfigWith } from "./contexts";
import { hcaDocuments } from "./hca-documents";
import { Operator, type Show } from "./operator";
import { People } from "./people";
import { Workplace } from "./workplace";

export const hcaEnvironments = ["dev", "staging", "prod"] as const;
export type HcaEnvironment = (typeof hcaEnvironments)[number];

/** The services that run here, and the small program that stands for each. */
const apps = {
  "ingest-core": "api",
  "ingest-validator": "daemon",
  "ingest-exporter": "daemon",
  ontology: "daemon",
} as const satisfies Record<string, Program>;
export type HcaApp = keyof typeof apps;

/** What nobody can look up where there is no forge: each is accepted by name, and shown as accepted. */
const forgeGates = { dev: ["H2"], staging: ["H1", "H2", "H4"], prod: ["H1", "H2", "H5"] } as const;

/** HCA Ingest on the embedded environment: three environments, the repositories of its services, its people's keys. */
export class HcaIngest {
  private constructor(
    private readonly environment: EmbeddedEnvironment,
    readonly work: Workplace,
    private readonly operator: Operator<HcaEnvironment>,
    private readonly people: People,
    private readonly repositories: Readonly<Record<HcaApp, SourceRepository>>,
    readonly stacks: Readonly<Record<HcaEnvironment, PulumiStack>>,
    readonly platforms: Readonly<Record<HcaEnvironment, Platform>>,
    readonly data: Readonly<Record<HcaEnvironment, MongoDatabase>>,
  ) {}

  static async create(
    environment: EmbeddedEnvironment,
    state: string,
    show: Show = () => undefined,
    signal?: AbortSignal,
  ): Promise<HcaIngest> {
    const folder = join(state, "examples", "hca-ingest");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const contexts = hcaEnvironments.map((name) => `ingest-eks-${name}`);
    const variables = {
      INGEST_KUBECONFIG: await kubeconfigWith(environment.kubeconfig, contexts, join(folder, "kubeconfig")),
      INGEST_RELEASE_MONGO_URI: environment.mongo.uri,
      INGEST_MONGO_URI: environment.mongo.userUri,
    };
    const work = Workplace.open(
      environment,
      state,
      join(packageRoot(), "examples", "hca-ingest"),
      variables,
      signal,
    );
    const repositories = Object.fromEntries(
      Object.keys(apps).map((app) => [
        app,
        SourceRepository.begin(join(folder, "repositories", app), "master"),
      ]),
    ) as unknown as Record<HcaApp, SourceRepository>;
    const platforms = {} as Record<HcaEnvironment, Platform>;
    const data = {} as Record<HcaEnvironment, MongoDatabase>;
    const stacks = {} as Record<HcaEnvironment, PulumiStack>;
    for (const name of hcaEnvironments) {
      const database = (data[name] = new MongoDatabase(environment.mongo, `ingest_${name}`));
      const platform = (platforms[name] = new Platform(environment, `${name}-environment`));
      stacks[name] = await work.stack(name);
      await platform.remove();
      await database.drop();
      await platform.create({ secrets: { "ingest-mongo": { uri: database.podUri } } });
      await database.fill(hcaDocuments());
    }
    const people = People.introduce(folder, work, "ana", "ben");
    const operator = new Operator(work, stacks, show);
    const system = new HcaIngest(environment, work, operator, people, repositories, stacks, platforms, data);
    for (const name of hcaEnvironments) system.settle(name);
    work.commit("where it runs");
    return system;
  }

  /** What differs where a system runs on one small machine: the registry, replicas, memory, and where the code lies. */
  private settle(environment: HcaEnvironment): void {
    this.work.edit(environment, (file) => {
      for (const app of Object.keys(apps) as HcaApp[]) {
        file.set(["images", app, "repository"], `${this.environment.registry}/ebi-ait/${app}`);
        file.set(["services", app, "chart", "values", "resources"], {});
        file.set(["sources", app], {
          clone: this.repositories[app].folder,
          scheme: "environment-commit-time",
          branch: "master",
          images: [app],
        });
      }
      if (environment === "prod") file.set(["services", "ingest-exporter", "replicas"], 2);
      file.set(["gates", "places", "deploymentBranch"], "master");
      // Any server's Date will do; where a forge is named it is the forge's (rule W3).
      file.set(["gates", "clock"], `http://${this.environment.registry}/v2/`);
    });
    this.acceptWithoutForge(environment);
  }

  private acceptWithoutForge(environment: HcaEnvironment): void {
    const reason = "no forge on the embedded environment";
    this.work.edit(environment, (file) => {
      file.set(
        ["gates", "override"],
        forgeGates[environment].map((gate) => ({ gate, reason, by: "dana" })),
      );
    });
  }

  /** Commits code to the services' repositories and pushes an image of each, tagged by its commit as their CI does. */
  async build(
    which: readonly HcaApp[],
    release: { readonly schema: string; readonly what: string },
    behaviour: ApiBehaviour = { kind: "honest" },
  ): Promise<Readonly<Record<string, { readonly tag: string; readonly digest: string }>>> {
    const registry = new LoopbackRegistry(this.environment.registry);
    const built: Record<string, { tag: string; digest: string }> = {};
    for (const app of which) {
      const commit = this.repositories[app].commit(release.what, {
        "release.txt": `${app}: ${release.what}\n`,
      });
      const tag = commit.slice(0, 8);
      const image = await systemImage(
        apps[app],
        { version: tag, schema: release.schema, commit },
        app === "ingest-core" ? behaviour : { kind: "honest" },
      );
      built[app] = { tag, digest: await registry.push(`ebi-ait/${app}`, tag, image) };
    }
    return built;
  }

  /** Writes built images into dev's stack file, as a pull request does. */
  pin(
    release: string,
    schema: string,
    built: Readonly<Record<string, { readonly tag: string; readonly digest: string }>>,
  ): void {
    this.work.edit("dev", (file) => {
      file.set(["release"], release);
      file.set(["data", "schema", "version"], schema);
      for (const [app, { tag, digest }] of Object.entries(built)) {
        file.set(["images", app, "tag"], tag);
        file.set(["images", app, "digest"], digest);
        file.set(["images", app, "commit"], tag);
      }
    });
  }

  /** The first of the two steps: tags for the environment, digests unchanged (rules H7, H9). */
  async firstStep(environment: HcaEnvironment): Promise<void> {
    this.work.commit(`what comes to ${environment}`);
    await this.operator.command("release", environment);
    this.work.commit(`release ${environment}`);
  }

  /** The second: `pulumi up`, and its record. */
  async deployed(environment: HcaEnvironment): Promise<void> {
    await this.operator.deploy(environment);
  }

  /** What is verified in one environment comes into the next one's stack file (rules H8, H15). */
  async promoted(from: HcaEnvironment, to: HcaEnvironment): Promise<void> {
    await this.operator.command("promote", from, to);
    // A promotion takes overrides away: they were for the release before.
    this.acceptWithoutForge(to);
    this.work.commit(`promote ${from} to ${to}`);
  }

  /** Two who did not write it look at it; for prod one of them speaks for the team too (rules H3, H6). */
  async approved(environment: HcaEnvironment): Promise<void> {
    const words = [
      ["ana", "reviewer"],
      ["ben", "reviewer"],
      ...(environment === "prod" ? [["ana", "team"]] : []),
    ];
    for (const [person = "", role = ""] of words)
      await this.operator.command(...this.people.approve(environment, person, role));
    this.work.commit(`approvals of ${environment}`);
  }

  /** The stack file of an earlier release again: that is the way back (rule N18). */
  goBack(environment: HcaEnvironment, release: string): void {
    this.operator.goBack(environment, release);
  }

  /** `pulumi up` of an environment, however it ends. */
  up(environment: HcaEnvironment, ...more: readonly string[]): Promise<PulumiRun> {
    return this.operator.up(environment, ...more);
  }
}
