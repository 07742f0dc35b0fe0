import { type Finding, found, unjudged } from "./finding";
import { gitBytes } from "./git-command";
import type { GitRepository } from "./git-repository";

/** One commit, as `git log` tells it. Nobody checks these names: they are what its author wrote. */
export interface GitCommit {
  readonly id: string;
  readonly author: string;
  /** When it was committed, ISO 8601 in UTC. */
  readonly at: string;
  readonly subject: string;
  readonly body: string;
}

/** The files of one commit below one folder. One process lists them, and one reads all that are wanted, however many. */
export class GitTree {
  private constructor(
    private readonly repository: GitRepository,
    readonly commit: GitCommit,
    private readonly objects: ReadonlyMap<string, string>,
  ) {}

  /** @param reference a commit, tag or branch; contradicted where there is none. */
  static async at(repository: GitRepository, reference: string): Promise<Finding<GitTree>> {
    const commits = await commitsOf(repository, ["--max-count=1"], [reference]);
    if (commits.finding !== "found") return commits;
    const commit = commits.value[0];
    if (commit === undefined) return repository.unreadable(reference, { ended: "failed", says: "no commit" });
    const prefix = await repository.read(["rev-parse", "--show-prefix"], "its folder", (text) => text.trim());
    if (prefix.finding !== "found") return prefix;
    const listed = await repository.read(
      ["ls-tree", "-r", "-z", "--full-tree", commit.id],
      `files of ${commit.id.slice(0, 8)}`,
      (text) => filesIn(text, prefix.value),
    );
    if (listed.finding !== "found") return listed;
    return found(new GitTree(repository, commit, listed.value), listed.evidence);
  }

  /** Paths relative to the folder, in order. */
  get paths(): readonly string[] {
    return [...this.objects.keys()];
  }

  /** Texts by path, of those paths that there are. */
  async read(paths: readonly string[]): Promise<Finding<ReadonlyMap<string, string>>> {
    const wanted = paths.flatMap((path) => {
      const id = this.objects.get(path);
      return id === undefined ? [] : [[path, id] as const];
    });
    const what = `${wanted.length} files of ${this.commit.id.slice(0, 8)}`;
    const evidence = this.repository.evidence(what, "git cat-file --batch");
    if (wanted.length === 0) return found(new Map(), evidence);
    const input = `${wanted.map(([, id]) => id).join("\n")}\n`;
    const outcome = await gitBytes(this.repository.place.folder, ["cat-file", "--batch"], input);
    if (outcome.ended === "failed" || outcome.code !== 0)
      return this.repository.unreadable(what, { ended: "failed", says: outcome.says });
    const texts = textsIn(outcome.output);
    if (texts.length !== wanted.length)
      return unjudged({
        where: this.repository.name,
        found: `${texts.length} of ${what}`,
        allowed: "a whole clone",
        mend: "git fetch --refetch, then try again",
      });
    return found(new Map(wanted.map(([path], index) => [path, texts[index] ?? ""])), evidence);
  }
}

/**
 * Commits, newest first, as `git log` gives them.
 * @param revisions what to log; nothing in it is ever taken for an option or a file's name.
 */
export function commitsOf(
  repository: GitRepository,
  options: readonly string[],
  revisions: readonly string[],
  paths: readonly string[] = [],
): Promise<Finding<readonly GitCommit[]>> {
  const format = ["%H", "%an", "%ct", "%s", "%b"].join("%x1f");
  const args = [
    "log",
    "-z",
    `--format=${format}`,
    ...options,
    "--end-of-options",
    ...revisions,
    "--",
    ...paths,
  ];
  return repository.read(args, `commits ${revisions.join(" ")}`, commitsIn);
}

function commitsIn(text: string): readonly GitCommit[] {
  return text
    .split("\0")
    .filter((one) => one.trim() !== "")
    .map((one) => {
      const [id = "", author = "", seconds = "0", subject = "", body = ""] = one.split("\x1f");
      return {
        id: id.trim(),
        author,
        at: new Date(Number(seconds) * 1000).toISOString(),
        subject,
        body: body.trim(),
      };
    });
}

/** Ordinary files only: a link or a submodule is no file of ours. */
function filesIn(listed: string, prefix: string): ReadonlyMap<string, string> {
  const files = listed.split("\0").flatMap((line) => {
    const [, id, path] = /^100\d+ blob ([0-9a-f]+)\t([^]+)$/.exec(line) ?? [];
    return id === undefined || path?.startsWith(prefix) !== true
      ? []
      : [[path.slice(prefix.length), id] as const];
  });
  return new Map(files);
}

/** `<id> blob <bytes>\n<bytes>\n`, once per object. */
function textsIn(output: Buffer): readonly string[] {
  const texts: string[] = [];
  for (let at = 0; at < output.length;) {
    const end = output.indexOf("\n", at);
    const size = Number(/ blob (\d+)$/.exec(output.subarray(at, end).toString("latin1"))?.[1]);
    if (end === -1 || Number.isNaN(size)) break;
    texts.push(output.subarray(end + 1, end + 1 + size).toString("utf8"));
    at = end + 1 + size + 1;
  }
  return texts;
}
