import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The variables that tell git who works here; no setting of the machine's own counts. */
export function gitIdentity(name: string): Readonly<Record<string, string>> {
  const email = `${name.toLowerCase()}@example.org`;
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
  };
}

/** A git repository, made here and real: tags, branches and commits are what gates are judged on. */
export class SourceRepository {
  /** @param identity git's variables: who commits, and when where that must be the same every time. */
  constructor(
    readonly folder: string,
    private readonly identity: Readonly<Record<string, string>>,
  ) {}

  /** Begins anew. */
  static begin(folder: string, branch: string): SourceRepository {
    rmSync(folder, { recursive: true, force: true });
    return new SourceRepository(folder, gitIdentity("Noor")).init(branch);
  }

  /** Makes the repository where its folder is none yet. */
  init(branch: string): this {
    mkdirSync(this.folder, { recursive: true });
    this.git("init", "--quiet", `--initial-branch=${branch}`);
    return this;
  }

  /** Writes the files and commits all that changed; the new commit's id. */
  commit(message: string, files: Readonly<Record<string, string>> = {}): string {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      writeFileSync(join(this.folder, path), text);
    }
    this.git("add", "--all");
    this.git("commit", "--quiet", "--allow-empty", "--message", message);
    return this.git("rev-parse", "HEAD");
  }

  git(...args: string[]): string {
    return execFileSync("git", args, {
      cwd: this.folder,
      env: { ...process.env, ...this.identity },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trimEnd();
  }
}
