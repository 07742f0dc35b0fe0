import { contradicted, type Evidence, type Finding, found } from "./finding";

/** A tag that a forge has already, and the commit that it stands for. */
export interface ExistingTag {
  /** The repository. Example: `microbiomedata/nmdc-runtime`. */
  readonly where: string;
  /** The tag, in words. Example: `tag "v2.19.0"`. */
  readonly what: string;
  readonly commit: string;
}

/** N3: whether a tag stands for the commit that is released; a page must not be made for other code. */
export function standsFor(tag: ExistingTag, commit: string, evidence: Evidence): Finding<undefined> {
  if (tag.commit === commit) return found(undefined, evidence);
  return contradicted(
    {
      where: tag.where,
      found: `${tag.what} stands for ${tag.commit.slice(0, 8)}`,
      allowed: `commit ${commit.slice(0, 8)}, which is released`,
      mend: "release under a new tag: one that exists is never moved",
    },
    evidence,
  );
}
