import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GitRepository } from "../../lib/evidence/git-repository";
import { gitIdentity, SourceRepository } from "../../tools/platform/source-repository";

const identity = {
  ...gitIdentity("Ana"),
  GIT_AUTHOR_DATE: "2026-11-20T10:00:00Z",
  GIT_COMMITTER_NAME: "Ben",
  GIT_COMMITTER_EMAIL: "ben@example.org",
  GIT_COMMITTER_DATE: "2026-11-20T11:00:00Z",
};

/** A real repository in a temporary folder, with a fixed clock and fixed people. */
export class GitFixture extends SourceRepository {
  constructor(folder: string) {
    super(folder, identity);
  }

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
    return new GitFixture(folder).init(branch);
  }

  /** A clone in another folder, with further arguments of `git clone`. */
  clone(folder: string, ...args: string[]): GitFixture {
    this.git("clone", "--quiet", ...args, `file://${this.folder}`, folder);
    return new GitFixture(folder);
  }

  override commit(message: string, files: Record<string, string> = { "file.txt": message }): string {
    return super.commit(message, files);
  }

  async open(): Promise<GitRepository> {
    const opened = await GitRepository.open({ folder: this.folder });
    if (opened.finding !== "found") throw new Error("the fixture's repository cannot be opened");
    return opened.value;
  }
}
