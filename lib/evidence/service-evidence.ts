import type { Finding } from "./finding";

/** The links of the chain from a version to what runs, in order (rules F4, F9, N1, N4, N7). */
export const links = [
  /** The tag exists and stands for one commit. */
  "tag",
  /** The commit is on the branch that releases come from. */
  "branch",
  /** CI of exactly that commit is green. */
  "ci",
  /** The registry has, for exactly that tag, the digest that is pinned. */
  "digest",
  /** The commit and the image carry the schema version of the release. */
  "schema",
  /** What runs now, for the line from → to. */
  "running",
] as const;
export type Link = (typeof links)[number];

/** One line of evidence: everything that is known of one service's image, kept in the release's record. */
export interface ServiceEvidence {
  /** Example: `fastapi`. */
  readonly service: string;
  /** `repository:tag@sha256:…`, what is to be released. */
  readonly image: string;
  /** Each link's fact in words: a commit, a branch, a run's name, a digest, a version. */
  readonly links: Readonly<Record<Link, Finding<string>>>;
}
