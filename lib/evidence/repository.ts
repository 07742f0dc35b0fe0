import type { Finding } from "./finding";

/** A tag as a repository has it. */
export interface TagFact {
  readonly tag: string;
  /** The commit behind it, also through an annotated tag: 40 or 64 hex digits. */
  readonly commit: string;
  readonly annotated: boolean;
  /** Who made it and when: the tagger, or the commit's committer for a lightweight tag. */
  readonly by: string;
  readonly at: string;
}

/** An old tag whose commit its branch no longer has, accepted by a person (F4: re-written history). */
export interface AncestryException {
  readonly tag: string;
  /** The exact commit that the exception is for: a tag that moves loses it. */
  readonly commit: string;
  readonly reason: string;
  readonly by: string;
  /** ISO 8601 date on which it was recorded. */
  readonly at: string;
}

/** What a git repository says about tags, commits and branches. Reads only (X2). */
export interface Repository {
  /** For people: the folder or the address it was cloned from, without credentials. */
  readonly name: string;
  /** The tag's commit; contradicted when there is no such tag, or when it stands for another commit at the remote. */
  tag(name: string): Promise<Finding<TagFact>>;
  /** H9: the commit that a build is named after, by its id; contradicted when there is no such commit. */
  built(id: string): Promise<Finding<TagFact>>;
  /** The full id of a commit, tag or branch. Branches and `HEAD` move: only for triggers (X1). */
  commit(reference: string): Promise<Finding<string>>;
  /** F4: the tag's commit is the branch's head or an ancestor of it. */
  onBranch(tag: TagFact, branch: string, exceptions: readonly AncestryException[]): Promise<Finding<string>>;
  /** All tags, without order: ordering is the version scheme's. */
  tags(): Promise<Finding<readonly string[]>>;
  /** Text of one file as the commit has it. */
  fileAt(commit: string, path: string): Promise<Finding<string>>;
  /** Files that differ between two commits, from the older's tree to the newer's. */
  changedFiles(from: string, to: string): Promise<Finding<readonly string[]>>;
  /** The commit and its first-parent ancestors, newest first, at most `limit` of them. */
  ancestors(commit: string, limit: number): Promise<Finding<readonly string[]>>;
  /** Whether the working tree has nothing that its commit has not; the head's commit when it is clean. */
  clean(): Promise<Finding<string>>;
}
