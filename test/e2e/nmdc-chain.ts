import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../lib/package-root";
import { kubeconfigWith } from "../../tools/examples/contexts";
import { Workplace } from "../../tools/examples/workplace";
import { makeImages } from "../../tools/images/make-images";
import { nmdcDocuments } from "../../tools/job/main-job";
import type { PulumiStack } from "../../tools/job/pulumi-stack";
import type { PlannedRelease } from "../../tools/job/system";
import { MongoDatabase } from "../../tools/platform/mongo-database";
import { Platform } from "../../tools/platform/platform";
import { SourceRepository } from "../../tools/platform/source-repository";
import { embedded, embeddedState } from "../embedded";
import { succeeds } from "./nmdc";

const namespaces = { staging: "nmdc-staging", prod: "nmdc" } as const;
export type NmdcEnvironment = keyof typeof namespaces;
const files = ["Pulumi.yaml", "Pulumi.staging.yaml", "Pulumi.prod.yaml", "migrations"];

/** NMDC Runtime's staging and prod by their committed stack files, each with its namespace and database. */
export class NmdcChain {
  private constructor(
    readonly work: Workplace,
    readonly runtime: SourceRepository,
    readonly stacks: Readonly<Record<NmdcEnvironment, PulumiStack>>,
    readonly platforms: Readonly<Record<NmdcEnvironment, Platform>>,
    readonly data: Readonly<Record<NmdcEnvironment, MongoDatabase>>,
    private readonly registry: string,
    private readonly key: string,
  ) {}

  static async create(): Promise<NmdcChain> {
    const environment = await embedded();
    const folder = join(embeddedState, "nmdc-chain");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const contexts = ["spin-development", "spin-production"];
    const variables = {
      NMDC_KUBECONFIG: await kubeconfigWith(environment.kubeconfig, contexts, join(folder, "kubeconfig")),
      NMDC_RELEASE_MONGO_URI: environment.mongo.uri,
      NMDC_RUNTIME_MONGO_URI: environment.mongo.userUri,
    };
    const work = Workplace.open(environment, embeddedState, packageRoot(), variables, undefined, files);
    const platforms = {
      staging: new Platform(environment, namespaces.staging),
      prod: new Platform(environment, namespaces.prod),
    };
    const data = {
      staging: new MongoDatabase(environment.mongo, "nmdc_staging"),
      prod: new MongoDatabase(environment.mongo, "nmdc_prod"),
    };
    for (const name of ["staging", "prod"] as const) {
      await platforms[name].create({ secrets: { "nmdc-runtime-mongo": { uri: data[name].podUri } } });
      await data[name].fill(nmdcDocuments(packageRoot()));
    }
    const stacks = { staging: await work.stack("staging"), prod: await work.stack("prod") };
    const key = join(folder, "ana");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key], { stdio: "ignore" });
    mkdirSync(join(work.folder, ".slipway"), { recursive: true });
    work.write(".slipway/allowed_signers", `ana@example.org ${readFileSync(`${key}.pub`, "utf8")}`);
    const runtime = SourceRepository.begin(join(folder, "nmdc-runtime"), "main");
    const chain = new NmdcChain(work, runtime, stacks, platforms, data, environment.registry, key);
    for (const name of ["staging", "prod"] as const) chain.settle(name);
    work.commit("where it runs");
    return chain;
  }

  /** What differs on one small machine without a forge: registry, databases, memory, who knows the code and the time. */
  private settle(name: NmdcEnvironment): void {
    this.work.edit(name, (file) => {
      file.set(["data", "store", "uri"], { env: "NMDC_RELEASE_MONGO_URI" });
      file.set(["data", "store", "canary"], { env: "NMDC_RUNTIME_MONGO_URI" });
      file.set(["data", "store", "database"], this.data[name].name);
      file.set(["data", "dump"], { keep: "dumps" });
      file.remove(["data", "schema", "hash"]);
      file.remove(["notes"]);
      for (const service of ["runtime-api", "dagster-daemon", "dagster-dagit"]) {
        file.set(["services", service, "replicas"], service === "runtime-api" && name === "prod" ? 2 : 1);
        file.set(["services", service, "requests"], {});
      }
      const source = { clone: this.runtime.folder, scheme: "semver", branch: "main", smoke: "true" };
      const says = { schemaFile: "requirements/main.txt", changelog: "RELEASES.md" };
      file.set(["sources", "runtime"], { ...source, ...says, images: ["fastapi", "dagster"] });
      file.set(["gates", "clock"], `http://${this.registry}/v2/`);
      if (name === "prod") file.set(["promotion", "soakHours"], 0);
    });
    this.acceptWithoutForge(name);
  }

  /** N3's page is on a forge; a promotion takes overrides away. */
  private acceptWithoutForge(name: NmdcEnvironment): void {
    if (name !== "prod") return;
    this.work.edit(name, (file) => {
      file.set(["gates", "override"], [{ gate: "N3", reason: "no forge here", by: "dana" }]);
    });
  }

  /** Commits and tags the code of a release, and builds its images. */
  async build(release: { readonly version: string; readonly schema: string }): Promise<PlannedRelease> {
    this.runtime.commit(release.version, {
      "requirements/main.txt": `nmdc-schema==${release.schema}\n`,
      "RELEASES.md": `- ${release.version}\n`,
    });
    this.runtime.git("tag", release.version);
    return this.images(release);
  }

  async images(release: { readonly version: string; readonly schema: string }): Promise<PlannedRelease> {
    const commit = this.runtime.git("rev-parse", release.version);
    return { ...release, images: await makeImages(this.registry, { ...release, commit }) };
  }

  /** Writes a release into a stack file, as a pull request does. */
  pin(name: NmdcEnvironment, { version, schema, images }: PlannedRelease): void {
    const commit = this.runtime.git("rev-parse", version);
    this.work.edit(name, (file) => {
      file.set(["release"], version);
      file.set(["data", "schema", "version"], schema);
      for (const [image, { repository, digest }] of Object.entries(images)) {
        for (const [key, value] of Object.entries({ repository, digest, tag: version, commit }))
          file.set(["images", image, key], value);
      }
    });
    this.work.commit(`${name} ${version}`);
  }

  async slipway(...args: readonly string[]): Promise<string> {
    const said = succeeds(await this.work.slipway(args));
    this.work.commit(args.join(" "));
    return said;
  }

  async promoted(): Promise<void> {
    await this.slipway("promote", "staging", "prod");
    this.acceptWithoutForge("prod");
    this.work.commit("promote staging to prod");
  }

  approved(): Promise<string> {
    return this.slipway("approve", "prod", "--by", "ana@example.org", "--key", this.key);
  }

  async released(name: NmdcEnvironment): Promise<void> {
    succeeds(await this.stacks[name].up());
    await this.slipway("record", name);
  }
}
