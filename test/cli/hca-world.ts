import type { GitFixture } from "../evidence/git-fixture";
import { documented } from "../evidence/gitlab-documented";
import { GitlabServer } from "../evidence/gitlab-server";
import { putOnRecord } from "./on-record";
import { ReleasePlace } from "./release-place";

/** A build: its commit, which names it, and the digest of its image. */
export interface Build {
  readonly commit: string;
  readonly digest: string;
}

/** HCA Ingest in small: one service on a GitLab, built per commit, released to dev, staging and prod by tags of the image. */
export class HcaWorld {
  private constructor(
    readonly place: ReleasePlace,
    readonly gitlab: GitlabServer,
    private readonly core: GitFixture,
  ) {}

  static async start(): Promise<HcaWorld> {
    const place = await ReleasePlace.start();
    const world = new HcaWorld(place, await GitlabServer.start(), place.repository("core", "master"));
    place.project.git("checkout", "--quiet", "-b", "master");
    return world;
  }

  async stop(): Promise<void> {
    await this.gitlab.stop();
    await this.place.stop();
  }

  /** Commits, and builds the image under the commit's short id. */
  async build(message: string): Promise<Build> {
    const commit = this.core.commit(message, { "core.txt": message });
    const digest = await this.place.registry.image("hca/ingest-core", commit.slice(0, 8), {}, message);
    return { commit, digest };
  }

  /** GitLab's pipeline of a commit: the outcome of each job by name. */
  pipeline({ commit }: Build, jobs: Readonly<Record<string, string>>): void {
    const id = this.gitlab.pipelines.length + 1;
    this.gitlab.pipelines.push(this.gitlab.make("pipeline", { id, sha: commit, ref: "master" }));
    this.gitlab.jobs[id] = Object.entries(jobs).map(([name, status], index) =>
      this.gitlab.make("job", { id: id * 100 + index, name, stage: "test", status }),
    );
  }

  /** The merge request of the project's head: who wrote it, and who approved it when. */
  mergeRequest(title: string, into: string, author: string, approvers: readonly string[]): void {
    const { gitlab, place } = this;
    const sha = place.project.git("rev-parse", "HEAD");
    const [pushed, approved] = ["2026-11-19T09:00:00Z", "2026-11-19T10:00:00Z"];
    const request = { iid: 7, title, sha, source_branch: "release", target_branch: into, state: "opened" };
    gitlab.mergeRequests = [gitlab.make("mergeRequest", { ...request, author: gitlab.user(author) })];
    gitlab.versions = [gitlab.make("version", { head_commit_sha: sha, created_at: pushed })];
    const push_data = {
      ...documented.pushEvent.push_data,
      ref: "release",
      commit_to: sha,
      action: "created",
    };
    gitlab.events = [
      gitlab.make("pushEvent", { author: gitlab.user(author), created_at: pushed, push_data }),
    ];
    gitlab.approvedBy = approvers.map((login) => ({ user: gitlab.user(login), approved_at: approved }));
  }

  async ran(environment: string, at: string, build: Build): Promise<void> {
    this.place.write(`Pulumi.${environment}.yaml`, this.stackFile(environment, build));
    await putOnRecord(this.place.folder, environment, at);
  }

  /** A stack file that releases a build; its gates are for a test to fill in. */
  stackFile(environment: string, { commit, digest }: Build): string {
    const grade = { dev: "development", prod: "production" }[environment] ?? environment;
    const forge = (project: string): string =>
      `{ kind: gitlab, project: ${project}, api: ${this.gitlab.host} }`;
    return `# HCA Ingest, ${environment}
config:
  slipway:system: hca-ingest
  slipway:environment: ${environment}
  slipway:grade: ${grade}
  slipway:release: "${commit.slice(0, 8)}"
  slipway:cluster: { kind: context, kubeconfig: { file: none.yaml }, context: ingest-eks-${environment}, namespace: ${environment}-environment }
  slipway:images:
    core: { repository: ${this.place.registry.host}/hca/ingest-core, tag: "${commit.slice(0, 8)}", digest: "${digest}", commit: "${commit}" }
  slipway:services:
    ingest-core: { image: core, replicas: 1, port: 8080 }
  slipway:data:
    store: { kind: mongodb, uri: { env: MONGO_URI }, database: ingest }
    schema: { package: nmdc-schema, version: 11.23.0 }
  slipway:sources:
    core:
      clone: ../core
      forge: ${forge("hca/ingest-core")}
      tag: "${commit.slice(0, 8)}"
      scheme: git-commit
      branch: master
      images: [core]
      workflows: [Unit Test, Build]
  slipway:lane: { kind: normal }
  slipway:promotion: { chain: [dev, staging, prod], twoSteps: true }
  slipway:people:
    reviewers: 2
    wranglers: [wanda]
    wranglerSignOff: required
    team: [tom]
    reviews: ${forge("hca/deployment")}
    allowedSigners: .slipway/allowed_signers
    identities: [{ name: wanda, ssh: wanda@example.org }, { name: tom, ssh: tom@example.org }]
  slipway:gates:
    preset: none
    add: []
    places: { deploymentBranch: master }
    evidence: { backups: cat ../backups.json }
`;
  }
}
