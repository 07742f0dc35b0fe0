import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { GitRepository } from "../../lib/evidence/git-repository";

const identity = {
  GIT_AUTHOR_NAME: "Ana",
  GIT_AUTHOR_EMAIL: "ana@example.org",
  GIT_AUTHOR_DATE: "2026-11-20T10:00:00Z",
  GIT_COMMITTER_NAME: "Ben",
  GIT_COMMITTER_EMAIL: "ben@example.org",
  GIT_COMMITTER_DATE: "2026-11-20T11:00:00Z",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
};

/** A real repository in a temporary folder, with a fixed clock and fixed people. */
export class GitFixture {
  constructor(readonly folder: string) {}

  /** A folder for a test's repositories; `remove` deletes it. */
  static place(): { folder: string; remove: () => void } {
    const folder = mkdtempSync(join(tmpdir(), "slipway-test-git-"));
    return {
      folder,
      remove: () => {
        rmSync(folder, { recursive: true, force: true });
      },
    };
  }

  static create(folder: string, branch = "main"): GitFixture {
    mkdirSync(folder, { recursive: true });
    const repository = new GitFixture(folder);
    repository.git("init", "--quiet", `--initial-branch=${branch}`);
    return repository;
  }

  /** A clone in another folder, with further arguments of `git clone`. */
  clone(folder: string, ...args: string[]): GitFixture {
    this.git("clone", "--quiet", ...args, `file://${this.folder}`, folder);
    return new GitFixture(folder);
  }

  git(...args: string[]): string {
    const env = { ...process.env, ...identity };
    return execFileSync("git", args, {
      cwd: this.folder,
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  }

  /** Writes the files and commits them; the new commit's id. */
  commit(message: string, files: Record<string, string> = { "file.txt": message }): string {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      writeFileSync(join(this.folder, path), text);
    }
    this.git("add", "--all");
    this.git("commit", "--quiet", "--allow-empty", "--message", message);
    return this.git("rev-parse", "HEAD");
  }

  async open(): Promise<GitRepository> {
    const opened = await GitRepository.open({ folder: this.folder });
    if (opened.finding !== "found") throw new Error("the fixture's repository cannot be opened");
    return opened.value;
  }
}
