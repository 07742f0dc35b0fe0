import type { Evidence } from "../../evidence/finding";

/** As whom somebody speaks: a reviewer (H3), a wrangler (H5), a member of the team (H6), who tested it on the stage before (A9). */
export const roles = ["reviewer", "wrangler", "team", "tester"] as const;
export type Role = (typeof roles)[number];

/** What somebody said about one release, wherever it was said: a forge's review, or a signed file in the repository. */
export interface Statement {
  /** The person, by the name that the config uses (see `Identities`). */
  readonly by: string;
  readonly bot: boolean;
  readonly role: Role;
  /** `withdraw` takes back what the same person said before in the same role. */
  readonly says: "approve" | "reject" | "withdraw";
  /** Hash of the release that it was said about. */
  readonly hash: string;
  /** ISO 8601. */
  readonly at: string;
  readonly evidence: Evidence;
}

/** Who made what would be released: neither may approve it. */
export interface Change {
  /** Hash of what would be released now. */
  readonly hash: string;
  readonly author: string;
  readonly lastPusher: string;
}

/** One person's names elsewhere. Forges do not tell `Ana` from `ana`, so names are compared in lower case. */
export interface Identity {
  readonly name: string;
  readonly github?: string | undefined;
  readonly gitlab?: string | undefined;
  /** Principal in the file of allowed signers. Example: `ana@example.org`. */
  readonly ssh?: string | undefined;
}

/**
 * The one name of a person, so that nobody counts twice by speaking in two places, and an author is known as an author everywhere.
 * Somebody whom the config does not name keeps the name of the place.
 */
export function personOf(
  identities: readonly Identity[],
  place: "github" | "gitlab" | "ssh",
  name: string,
): string {
  const wanted = name.toLowerCase();
  const found = identities.find((identity) => identity[place]?.toLowerCase() === wanted);
  return (found?.name ?? name).toLowerCase();
}
