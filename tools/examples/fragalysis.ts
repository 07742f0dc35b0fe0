import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { EmbeddedEnvironment } from "../../lib/config/embedded";
import type { StackFile } from "../../lib/config/stack-file";
import { packageRoot } from "../../lib/package-root";
import { writePrivate } from "../environment/private-file";
import type { PulumiStack } from "../job/pulumi-stack";
import { Platform } from "../platform/platform";
import { PostgresDatabases } from "../platform/postgres-databases";
import { kubeconfigWith } from "./contexts";
import { FragalysisBuilds, type FragalysisPart, type Triple } from "./fragalysis-builds";
import { Operator, type Show } from "./operator";
import { Workplace } from "./workplace";

export const fragalysisEnvironments = ["alan", "staging", "production"] as const;
export type FragalysisEnvironment = (typeof fragalysisEnvironments)[number];

/** Where each runs: production's namespace is its own, a developer's is computed from who and what (rules F13, F14). */
const namespaces = {
  alan: "stack-alan-default",
  staging: "staging-stack",
  production: "production-stack",
} as const satisfies Record<FragalysisEnvironment, string>;

/** The names that the parts' images have in the stack files. */
const images = ["backend", "frontend", "stack"] as const satisfies readonly FragalysisPart[];

/** What nobody can look up where there is no forge: each is accepted by name, and shown as accepted. */
const forgeGates = { alan: [], staging: [], production: ["F9", "F17", "F18"] } as const;

/** Fragalysis on the embedded environment: three environments, three repositories, a database for each environment. */
export class Fragalysis {
  /** Where a pod of the stack listens; port 80, as in the real system, is root's. */
  readonly port = 8080;

  private constructor(
    private readonly environment: EmbeddedEnvironment,
    readonly operator: Operator<FragalysisEnvironment>,
    readonly work: Workplace,
    readonly builds: FragalysisBuilds,
    readonly stacks: Readonly<Record<FragalysisEnvironment, PulumiStack>>,
    readonly platforms: Readonly<Record<FragalysisEnvironment, Platform>>,
    readonly databases: Readonly<Record<FragalysisEnvironment, PostgresDatabases>>,
  ) {}

  /** @param environment with PostgreSQL. */
  static async create(
    environment: EmbeddedEnvironment,
    state: string,
    show: Show = () => undefined,
    signal?: AbortSignal,
  ): Promise<Fragalysis> {
    const folder = join(state, "examples", "fragalysis");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const variables = await variablesOf(environment, folder);
    const original = join(packageRoot(), "examples", "fragalysis");
    const work = Workplace.open(environment, state, original, variables, signal);
    const platforms = {} as Record<FragalysisEnvironment, Platform>;
    const databases = {} as Record<FragalysisEnvironment, PostgresDatabases>;
    const stacks = {} as Record<FragalysisEnvironment, PulumiStack>;
    for (const name of fragalysisEnvironments) {
      databases[name] = await databaseOf(environment, name);
      platforms[name] = new Platform(environment, namespaces[name]);
      await platforms[name].remove();
      const uri = databases[name].podUri(databaseName(name));
      await platforms[name].create({ secrets: { "fragalysis-database": { uri } } });
      stacks[name] = await work.stack(name);
    }
    const operator = new Operator(work, stacks, show);
    const builds = FragalysisBuilds.begin(environment.registry, join(folder, "repositories"));
    const system = new Fragalysis(environment, operator, work, builds, stacks, platforms, databases);
    for (const name of fragalysisEnvironments) system.settle(name);
    work.commit("where it runs");
    return system;
  }

  /** What differs where a system runs on one small machine: the registry, the database's name, and where the code lies. */
  private settle(environment: FragalysisEnvironment): void {
    const { registry } = this.environment;
    this.edit(environment, (file) => {
      for (const part of images) {
        file.set(["images", part, "repository"], `${registry}/xchem/fragalysis-${part}`);
        file.set(["sources", part], {
          clone: this.builds.folderOf(part),
          scheme: "calver",
          branch: this.builds.branchOf(part),
          images: [part],
        });
      }
      file.set(["services", "stack", "port"], this.port);
      file.set(["services", "stack", "ready", "period"], 1);
      file.set(["services", "stack", "env", "PORT"], String(this.port));
      const newest = "SELECT name FROM django_migrations ORDER BY id DESC LIMIT 1";
      file.set(["services", "stack", "env", "SCHEMA_QUERY"], newest);
      file.set(["data", "store", "databases"], [databaseName(environment)]);
      // Any server's Date will do; where a forge is named it is the forge's (rule W3).
      file.set(["gates", "clock"], `http://${registry}/v2/`);
      if (environment !== "production") return;
      file.set(["gates", "evidence", "backups"], `sh backups.sh list ${databaseName(environment)}`);
      // A test runs at any hour, and there is no board for a ticket.
      file.remove(["window"]);
      file.remove(["ticket"]);
    });
    this.acceptWithoutForge(environment);
  }

  private acceptWithoutForge(environment: FragalysisEnvironment): void {
    const reason = "no forge on the embedded environment";
    this.edit(environment, (file) => {
      file.set(
        ["gates", "override"],
        forgeGates[environment].map((gate) => ({ gate, reason, by: "dana" })),
      );
    });
  }

  edit(environment: FragalysisEnvironment, change: (file: StackFile) => void): void {
    this.work.edit(environment, change);
  }

  /** Writes the versions of a release into a stack file, asks the registry for their digests, and composes the stack's image. */
  async pinned(environment: FragalysisEnvironment, tags: Triple, schema: string): Promise<void> {
    this.edit(environment, (file) => {
      file.set(["release"], tags.stack);
      file.set(["data", "schema", "version"], schema);
      for (const part of images) file.set(["images", part, "tag"], tags[part]);
    });
    await this.resolved(environment);
  }

  /** What a trigger does when a tag stands for another image now (rule F12): the digests are asked for, and committed. */
  async resolved(environment: FragalysisEnvironment): Promise<void> {
    const { operator } = this;
    await operator.command("pin", environment);
    await operator.command("compose", environment);
    this.work.commit(`${environment}: what its tags stand for now`);
  }

  /** What the stack file pins the stack's image to. */
  pinnedDigest(environment: FragalysisEnvironment): string {
    const { images } = this.work.config(environment) as { images: Record<string, { digest: string }> };
    return images["stack"]?.digest ?? "none";
  }

  /** Staging gets a copy of production's database (rule F16). */
  async refreshed(): Promise<void> {
    const names = [databaseName("production"), databaseName("staging"), this.databases.staging.journal];
    await this.operator.script("refresh-staging.sh", ...names);
    this.work.commit("staging has a copy of production");
  }

  /** The hourly backup of production (rule F24). */
  async backedUp(): Promise<void> {
    await this.operator.script("backups.sh", "take", databaseName("production"));
  }

  /** What is verified in staging comes into production's stack file (rule F15). */
  async promoted(): Promise<void> {
    await this.operator.command("promote", "staging", "production");
    // A promotion takes overrides away: they were for the release before.
    this.acceptWithoutForge("production");
    this.work.commit("promote staging to production");
  }
}

/** Database of an environment: one server has all of them here, where each has a server of its own in reality. */
export function databaseName(environment: FragalysisEnvironment): string {
  return `fragalysis_${environment}`;
}

async function databaseOf(
  environment: EmbeddedEnvironment,
  name: FragalysisEnvironment,
): Promise<PostgresDatabases> {
  const journal = `slipway_fragalysis_${name}`;
  const databases = PostgresDatabases.on(environment, journal, databaseName(name));
  await databases.drop();
  const text = readFileSync(join(packageRoot(), "tools", "examples", "fragalysis.sql"), "utf8");
  await databases.create(databaseName(name), text);
  return databases;
}

/** What the stack files and the project's scripts read; the scripts' password lies in a file. */
async function variablesOf(
  environment: EmbeddedEnvironment,
  folder: string,
): Promise<Readonly<Record<string, string>>> {
  const { postgres, kubeconfig } = environment;
  if (postgres === undefined) throw new Error("this environment has no PostgreSQL");
  const { hostname, port: at, username, password } = new URL(postgres.uri);
  const passwords = join(folder, "pgpass");
  await writePrivate(passwords, `${hostname}:${at}:*:${username}:${password}\n`);
  const contexts = ["xchem-developer", "xchem-production"];
  return {
    FRAGALYSIS_KUBECONFIG: await kubeconfigWith(kubeconfig, contexts, join(folder, "kubeconfig")),
    FRAGALYSIS_RELEASE_DATABASE_URL: postgres.uri,
    FRAGALYSIS_DATABASE_URL: postgres.userUri,
    PGHOST: hostname,
    PGPORT: at,
    PGUSER: username,
    PGPASSFILE: passwords,
  };
}
