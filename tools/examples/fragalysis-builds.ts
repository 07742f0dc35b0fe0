import { join } from "node:path";
import { isMoving } from "../../lib/release/versions/moving-reference";
import { makeImage } from "../images/image";
import { type ApiBehaviour, systemImage } from "../images/make-images";
import { LoopbackRegistry } from "../images/registry";
import { SourceRepository } from "../platform/source-repository";

/** The three repositories, and the branch that production comes from (rules F4, F13). */
const branches = { backend: "production", frontend: "production", stack: "master" } as const;
export type FragalysisPart = keyof typeof branches;
const parts = ["backend", "frontend", "stack"] as const;

/** The versions of one release: three tags of three repositories (rule F1). */
export type Triple = Readonly<Record<FragalysisPart, string>>;

/** What the CI of Fragalysis' repositories does: commits, tags, and images of what was tagged, all of it real. */
export class FragalysisBuilds {
  private constructor(
    private readonly registry: LoopbackRegistry,
    private readonly repositories: Readonly<Record<FragalysisPart, SourceRepository>>,
  ) {}

  /** Begins anew. @param registry host and port. @param folder the repositories come there. */
  static begin(registry: string, folder: string): FragalysisBuilds {
    const begun = parts.map((part) => [part, SourceRepository.begin(join(folder, part), branches[part])]);
    return new FragalysisBuilds(
      new LoopbackRegistry(registry),
      Object.fromEntries(begun) as Record<FragalysisPart, SourceRepository>,
    );
  }

  /** Folder of a part's repository. */
  folderOf(part: FragalysisPart): string {
    return this.repositories[part].folder;
  }

  /** The branch that production takes a part from. */
  branchOf(part: FragalysisPart): string {
    return branches[part];
  }

  /** Builds the backend: its program, which is the base of the stack's image and starts it. */
  async backend(tag: string, schema: string, behaviour: ApiBehaviour = { kind: "honest" }): Promise<void> {
    const commit = this.commit("backend", tag, { "version.txt": `${tag}\n` });
    const frontend = { FRONTEND: "/code/frontend" };
    const image = await systemImage("api", { version: tag, schema, commit }, behaviour, frontend);
    await this.registry.push("xchem/fragalysis-backend", tag, image);
  }

  /** Builds the frontend: pages, which the backend serves. */
  async frontend(tag: string): Promise<void> {
    const page = `<title>Fragalysis</title>frontend ${tag}\n`;
    const commit = this.commit("frontend", tag, { "index.html": page });
    const image = await makeImage({
      files: [{ path: "code/frontend/index.html", bytes: Buffer.from(page) }],
      env: {},
      labels: {
        "org.opencontainers.image.version": tag,
        "org.opencontainers.image.revision": commit,
      },
    });
    await this.registry.push("xchem/fragalysis-frontend", tag, image);
  }

  /** Commits the stack's workflow, which names the parts, and tags it (rules F7, F13). */
  stack({ backend, frontend, stack }: Triple): void {
    const env = `env:\n  BE_IMAGE_TAG: ${backend}\n  FE_IMAGE_TAG: ${frontend}\n`;
    const subject = `build: Use of b/e ${backend} f/e ${frontend}`;
    this.commit("stack", stack, { ".github/workflows/build-main.yaml": env }, subject);
  }

  /** Somebody pushes another image under a tag of the stack's. */
  async moved(tag: string): Promise<void> {
    const image = await systemImage("api", { version: "pushed later", schema: "none" }, { kind: "honest" });
    await this.registry.push("xchem/fragalysis-stack", tag, image);
  }

  /** What people release they tag; of a branch CI builds an image too, under the branch's name. */
  private commit(
    part: FragalysisPart,
    tag: string,
    files: Readonly<Record<string, string>>,
    subject = `${part} ${tag}`,
  ): string {
    const repository = this.repositories[part];
    const commit = repository.commit(subject, files);
    if (!isMoving(tag)) repository.git(/^[0-9]/.test(tag) ? "tag" : "branch", tag);
    return commit;
  }
}
