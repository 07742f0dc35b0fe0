import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A system's source repository, made here and real: tags, branches and commits are what gates are judged on. */
export class SourceRepository {
  private constructor(readonly folder: string) {}

  /** Begins anew. */
  static begin(folder: string, branch: string): SourceRepository {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const repository = new SourceRepository(folder);
    repository.git("init", "--quiet", `--initial-branch=${branch}`);
    return repository;
  }

  /** Writes the files and commits them; the new commit's id. */
  commit(message: string, files: Readonly<Record<string, string>>): string {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      writeFileSync(join(this.folder, path), text);
    }
    this.git("add", "--all");
    this.git("commit", "--quiet", "--allow-empty", "--message", message);
    return this.git("rev-parse", "HEAD");
  }

  git(...args: string[]): string {
    const env = {
      ...process.env,
      GIT_AUTHOR_NAME: "Noor",
      GIT_AUTHOR_EMAIL: "noor@example.org",
      GIT_COMMITTER_NAME: "Noor",
      GIT_COMMITTER_EMAIL: "noor@example.org",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
    };
    const stdio = ["ignore", "pipe", "pipe"] as ["ignore", "pipe", "pipe"];
    return execFileSync("git", args, { cwd: this.folder, env, encoding: "utf8", stdio }).trimEnd();
  }
}
