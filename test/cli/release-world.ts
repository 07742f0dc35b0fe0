import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../lib/package-root";
import { writeRecordFile } from "../../lib/release/promotion/record-files";
import { hashOf, loadStack } from "../../cli/gated-stack";
import { GitFixture } from "../evidence/git-fixture";
import { HttpFixture } from "../evidence/http-fixture";
import { RegistryFixture } from "../evidence/registry-fixture";

/** A system's repository, its images in a registry, and a project with three stack files: all real, on this machine. */
export class ReleaseWorld {
  private constructor(
    readonly project: GitFixture,
    readonly runtime: GitFixture,
    readonly registry: RegistryFixture,
    readonly clock: HttpFixture,
    private readonly remove: () => void,
    readonly digests: Readonly<Record<string, string>>,
    /** The commit of v2.19.0. */
    readonly commit: string,
  ) {}

  static async start(): Promise<ReleaseWorld> {
    const place = GitFixture.place();
    const registry = await RegistryFixture.start();
    const clock = await HttpFixture.start();
    const runtime = GitFixture.create(join(place.folder, "runtime"));
    runtime.commit("old", { "requirements.txt": "nmdc-schema==11.23.0\n", "RELEASES.md": "- v2.18.0\n" });
    runtime.git("tag", "v2.18.0");
    const commit = runtime.commit("new", {
      "requirements.txt": "nmdc-schema==11.24.0\n",
      "RELEASES.md": "- v2.19.0\n- v2.18.0\n",
    });
    runtime.git("tag", "v2.19.0");
    const digests: Record<string, string> = {};
    for (const [tag, schema] of [
      ["v2.18.0", "11.23.0"],
      ["v2.19.0", "11.24.0"],
    ] as const) {
      digests[tag] = await registry.image(
        "nmdc/fastapi",
        tag,
        { config: { Labels: { "org.slipway.schema-version": schema } } },
        `fastapi ${tag}`,
      );
    }
    const project = GitFixture.create(join(place.folder, "project"));
    cpSync(join(packageRoot(), "migrations"), join(project.folder, "migrations"), { recursive: true });
    const world = new ReleaseWorld(project, runtime, registry, clock, place.remove, digests, commit);
    project.commit("stacks", {
      "Pulumi.dev.yaml": world.stack("dev", "development", "v2.19.0", "11.24.0"),
      "Pulumi.staging.yaml": world.stack("staging", "staging", "v2.19.0", "11.24.0"),
      "Pulumi.prod.yaml": world.stack("prod", "production", "v2.18.0", "11.23.0"),
    });
    return world;
  }

  async stop(): Promise<void> {
    await this.registry.stop();
    await this.clock.stop();
    this.remove();
  }

  get folder(): string {
    return this.project.folder;
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), "utf8");
  }

  write(file: string, text: string): void {
    mkdirSync(join(this.folder, file, ".."), { recursive: true });
    writeFileSync(join(this.folder, file), text);
  }

  /** Puts a release of an environment on record, as `pulumi up` leaves it. */
  async released(environment: string, at: string): Promise<void> {
    const { config } = await loadStack(this.folder, environment);
    const images = Object.entries(config.images).map(([name, { repository, tag, digest = "" }]) => ({
      name,
      to: `${repository}:${tag}@${digest}`,
    }));
    const commits = Object.fromEntries(
      Object.entries(config.images).map(([name, { commit = "" }]) => [name, commit]),
    );
    const record = {
      id: `${environment}-1`,
      system: config.system,
      environment,
      release: config.release,
      hash: hashOf(this.folder, config),
      operator: "ana",
      openedAt: at,
      closedAt: at,
      outcome: "released" as const,
      schema: { package: "nmdc-schema", from: config.data.schema.version, to: config.data.schema.version },
      images,
      migrations: [],
      collections: [],
      durations: {},
    };
    await writeRecordFile(join(this.folder, "releases"), {
      record,
      lane: { kind: "normal" },
      commits,
      gates: [],
    });
  }

  /** An SSH key of a person, whom the project's file of allowed signers then knows. */
  key(person: string): string {
    const path = join(this.folder, "..", `key-${person}`);
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path]);
    this.write(
      ".slipway/allowed_signers",
      `${this.signers()}${person}@example.org ${readFileSync(`${path}.pub`, "utf8")}`,
    );
    return path;
  }

  private signers(): string {
    try {
      return this.read(".slipway/allowed_signers");
    } catch {
      return "";
    }
  }

  private stack(environment: string, grade: string, tag: string, schema: string): string {
    return `# ${environment} of a test
config:
  slipway:system: nmdc-runtime
  slipway:environment: ${environment}
  slipway:grade: ${grade}
  slipway:release: ${tag} # what users have
  slipway:cluster: { kind: context, kubeconfig: { file: none.yaml }, context: none, namespace: nmdc }
  slipway:images:
    fastapi:
      repository: ${this.registry.host}/nmdc/fastapi
      tag: ${tag}
      digest: ${this.digests[tag] ?? ""}
      commit: ${this.commit.slice(0, 8)}
  slipway:services:
    runtime-api: { image: fastapi, replicas: 2, port: 8000 }
  slipway:data:
    store: { kind: mongodb, uri: { env: MONGO_URI }, database: nmdc }
    schema: { package: nmdc-schema, version: ${schema} }

  slipway:sources:
    runtime:
      clone: ../runtime
      scheme: semver
      branch: main
      images: [fastapi]
      changelog: RELEASES.md
      smoke: grep -q nmdc-schema requirements.txt
      schemaFile: requirements.txt
  slipway:gates: { preset: nmdc, clock: http://${this.clock.host}/ }
  slipway:promotion: { chain: [dev, staging, prod], soakHours: 24 }
  slipway:people: { reviewers: 2, allowedSigners: .slipway/allowed_signers }
  slipway:notes: { repository: org/runtime }
`;
  }
}
