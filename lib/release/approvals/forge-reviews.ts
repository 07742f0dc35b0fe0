import type { ChangeRequest, Review } from "../../evidence/forge";
import { personOf, type Change, type Identity, type Statement } from "./statement";

/** What would be released from a commit; undefined where that is not known: such an approval counts for nothing. */
export type HashAt = (commit: string) => string | undefined;

type Place = "github" | "gitlab";

/** The reviews of a pull or merge request as statements, each bound to what would be released from the reviewed commit (H3). */
export function reviewStatements(
  place: Place,
  { reviews }: ChangeRequest,
  identities: readonly Identity[],
  hashAt: HashAt,
): readonly Statement[] {
  return reviews.map((review) => ({
    by: personOf(identities, place, review.by.login),
    bot: review.by.kind === "bot",
    role: "reviewer",
    says: words[review.verdict],
    hash: hashAt(review.commit) ?? "",
    at: review.at,
    evidence: {
      what: `review by ${review.by.login}: ${review.verdict}`,
      where: review.link,
      when: review.at,
      by: review.by.login,
    },
  }));
}

const words: Record<Review["verdict"], Statement["says"]> = {
  approved: "approve",
  rejected: "reject",
  dismissed: "withdraw",
};

/**
 * Who made the change: its author and the one who pushed last.
 * @returns undefined where the forge no longer tells who pushed: then nobody can be shown not to have approved their own push.
 */
export function changeOf(
  place: Place,
  { author, pushes }: ChangeRequest,
  identities: readonly Identity[],
  hash: string,
): Change | undefined {
  const last = pushes.at(-1);
  if (last === undefined) return undefined;
  const name = (login: string): string => personOf(identities, place, login);
  return { hash, author: name(author.login), lastPusher: name(last.by.login) };
}
