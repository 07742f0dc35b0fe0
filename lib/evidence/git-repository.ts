import { basename } from "node:path";
import { Refusal } from "../problem";
import { CommitId, ReferenceName } from "../release/references/git-reference";
import { quoted } from "../release/references/quoted";
import { contradicted, type Evidence, type Finding, found, unjudged } from "./finding";
import { ancestry } from "./git-ancestry";
import { git, type GitAuthorization, type GitOutcome, withoutCredentials } from "./git-command";
import { builtOf, tagOf } from "./git-tag";
import type { AncestryException, Repository, TagFact } from "./repository";

/** Where a repository lies, and whom to ask whether a tag was moved. */
export interface GitPlace {
  readonly folder: string;
  /** For people; the folder's own name when absent. */
  readonly name?: string;
  /** Remote whose tags and branches decide; undefined for a copy that was just fetched, which is the remote's own word. */
  readonly remote?: string;
  readonly authorization?: GitAuthorization;
}

/** A repository read by the machine's git. Writes nothing into it, not even an index (X2). */
export class GitRepository implements Repository {
  private constructor(readonly place: GitPlace) {}

  /** Opens a folder; its `origin`, where it has one, is asked about tags and branches. Unjudged when git sees no repository there. */
  static async open(place: GitPlace): Promise<Finding<GitRepository>> {
    const repository = new GitRepository(place);
    const looked = await repository.run(["rev-parse", "--git-dir"]);
    if (looked.ended === "exit" && looked.code === 0) {
      const remotes = place.remote === undefined ? await repository.run(["remote"]) : undefined;
      const origin =
        remotes?.ended === "exit" && remotes.output.split("\n").includes("origin") ? "origin" : place.remote;
      const opened = new GitRepository(origin === undefined ? place : { ...place, remote: origin });
      return found(opened, opened.evidence("a git repository", "git rev-parse"));
    }
    return unjudged({
      where: repository.name,
      found: `no git repository that can be read (${looked.says})`,
      allowed: "a clone of the service's repository",
      mend: "clone it, or set its address in the stack file",
    });
  }

  /** A copy that was fetched just now: its branches and tags are the remote's own word. */
  static fetched(place: Omit<GitPlace, "remote">): GitRepository {
    return new GitRepository(place);
  }

  get name(): string {
    return this.place.name ?? basename(this.place.folder);
  }

  tag(name: string): Promise<Finding<TagFact>> {
    return this.named(name, (tag) => tagOf(this, tag));
  }

  built(id: string): Promise<Finding<TagFact>> {
    return builtOf(this, id);
  }

  onBranch(tag: TagFact, branch: string, exceptions: readonly AncestryException[]): Promise<Finding<string>> {
    return this.named(branch, (name) => ancestry(this, tag, name, exceptions));
  }

  async commit(reference: string): Promise<Finding<string>> {
    if (/^[0-9a-f]{7,64}$/.test(reference)) {
      const id = await this.resolve([reference], reference);
      // A tag may be named like another commit's id; then it is a name, and not this commit.
      if (id.finding !== "found" || id.value.startsWith(reference)) return id;
    }
    return this.named(reference, (name) => {
      const remote = this.place.remote === undefined ? [] : [`refs/remotes/${this.place.remote}/${name}`];
      return this.resolve([`refs/tags/${name}`, ...remote, `refs/heads/${name}`], name);
    });
  }

  async tags(): Promise<Finding<readonly string[]>> {
    return this.read(["for-each-ref", "--format=%(refname:strip=2)", "refs/tags"], "its tags", lines);
  }

  async fileAt(commit: string, path: string): Promise<Finding<string>> {
    const id = CommitId.parse(commit).toString();
    if (path.startsWith("/") || path.split("/").includes("..") || path.includes("\0")) {
      throw new Refusal("file in a repository", [
        {
          where: this.name,
          found: quoted(path),
          allowed: "a path inside the repository",
          mend: "correct the path in the stack file",
        },
      ]);
    }
    const listed = await this.read(
      ["ls-tree", "-z", "--full-tree", id, "--", path],
      `files of ${id.slice(0, 8)}`,
      (text) => text,
    );
    if (listed.finding !== "found") return listed;
    if (!/^100\d+ blob /.test(listed.value) || listed.value.split("\0").length !== 2) {
      const evidence = this.evidence(`no file ${path} in ${id.slice(0, 8)}`, `git ls-tree ${id} ${path}`);
      const allowed = `the file ${path} in commit ${id.slice(0, 8)}`;
      return contradicted(
        { where: this.name, found: "no such file", allowed, mend: "correct the path in the stack file" },
        evidence,
      );
    }
    return this.read(["cat-file", "blob", `${id}:${path}`], `${path} at ${id.slice(0, 8)}`, (text) => text);
  }

  async changedFiles(from: string, to: string): Promise<Finding<readonly string[]>> {
    const range = [CommitId.parse(from).toString(), CommitId.parse(to).toString()];
    return this.read(
      ["diff", "--name-only", "-z", "--no-renames", ...range, "--"],
      `what changed since ${from.slice(0, 8)}`,
      (text) => text.split("\0").filter((file) => file !== ""),
    );
  }

  async ancestors(commit: string, limit: number): Promise<Finding<readonly string[]>> {
    const id = CommitId.parse(commit).toString();
    return this.read(
      ["rev-list", "--first-parent", `--max-count=${limit}`, id, "--"],
      `ancestors of ${id.slice(0, 8)}`,
      lines,
    );
  }

  async clean(): Promise<Finding<string>> {
    const status = await this.read(
      ["status", "--porcelain=v1", "--untracked-files=normal"],
      "its working tree",
      lines,
    );
    if (status.finding !== "found") return status;
    if (status.value.length > 0) {
      const evidence = this.evidence(`${status.value.length} files are not as committed`, "git status");
      const shown = status.value.slice(0, 5).map((line) => quoted(line.slice(3)));
      const more =
        status.value.length > shown.length ? `, and ${status.value.length - shown.length} more` : "";
      return contradicted(
        {
          where: this.name,
          found: shown.join(", ") + more,
          allowed: "a clean working tree",
          mend: "commit the files, or remove them",
        },
        evidence,
      );
    }
    return this.resolve(["HEAD"], "HEAD");
  }

  /** One git command in this repository. */
  run(args: readonly string[]): Promise<GitOutcome> {
    return git(this.place.folder, args, undefined, this.place.authorization);
  }

  /** A command whose failure says only that nothing can be said. */
  async read<T>(
    args: readonly string[],
    what: string,
    understand: (output: string) => T,
  ): Promise<Finding<T>> {
    const outcome = await this.run(args);
    if (outcome.ended === "exit" && outcome.code === 0) {
      return found(understand(outcome.output), this.evidence(what, `git ${args.join(" ")}`));
    }
    return this.unreadable(what, outcome);
  }

  unreadable(what: string, outcome: GitOutcome): Finding<never> {
    return unjudged({
      where: this.name,
      found: `${what} cannot be read (${outcome.says})`,
      allowed: "a whole, readable git repository",
      mend: `git -C ${quoted(this.place.folder)} fetch --tags, then try again`,
    });
  }

  evidence(what: string, where: string, made?: { readonly by: string; readonly at: string }): Evidence {
    return {
      what,
      where: `${withoutCredentials(this.name)}: ${where}`,
      when: made?.at ?? new Date().toISOString(),
      by: made?.by ?? "git",
    };
  }

  /** The first of the references that there is, as a commit. */
  private async resolve(references: readonly string[], name: string): Promise<Finding<string>> {
    for (const reference of references) {
      const outcome = await this.run([
        "rev-parse",
        "--verify",
        "--quiet",
        "--end-of-options",
        `${reference}^{commit}`,
      ]);
      if (outcome.ended === "failed") return this.unreadable(name, outcome);
      if (outcome.code === 0)
        return found(
          outcome.output.trim(),
          this.evidence(`${name} is ${outcome.output.trim()}`, `git rev-parse ${name}`),
        );
    }
    const problem = {
      where: this.name,
      found: `no commit ${quoted(name)}`,
      allowed: "a commit, tag or branch that is there",
    };
    return contradicted(
      { ...problem, mend: "correct the name, or fetch it" },
      this.evidence(`no commit ${quoted(name)}`, "git rev-parse"),
    );
  }

  private async named<T>(name: string, use: (name: string) => Promise<Finding<T>>): Promise<Finding<T>> {
    try {
      return await use(ReferenceName.parse(name, this.name).toString());
    } catch (error) {
      if (!(error instanceof Refusal) || error.problems[0] === undefined) throw error;
      return contradicted(
        error.problems[0],
        this.evidence(`${quoted(name)} cannot be a name in git`, "git check-ref-format"),
      );
    }
  }
}

function lines(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
}
