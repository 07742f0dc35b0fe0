import { personOf, type Identity, type Statement } from "./statement";

/** What would be released from a commit; undefined where that is not known: such an approval counts for nothing. */
export type HashAt = (commit: string) => string | undefined;

/** The members of GitHub's "list reviews for a pull request" that are used here. */
export interface GithubReview {
  readonly user: { readonly login: string; readonly type: string } | null;
  readonly state: string;
  readonly commit_id: string | null;
  readonly submitted_at?: string | undefined;
  readonly html_url: string;
}

/** GitHub's reviews as statements; each is bound to what would be released from the commit that was reviewed (rule H3). */
export function fromGithub(
  reviews: readonly GithubReview[],
  identities: readonly Identity[],
  hashAt: HashAt,
): readonly Statement[] {
  return reviews.flatMap((review) => {
    const says = githubWord(review.state);
    if (says === undefined || review.user === null || review.submitted_at === undefined) return [];
    const { login, type } = review.user;
    return [
      {
        by: personOf(identities, "github", login),
        bot: type === "Bot" || login.endsWith("[bot]"),
        role: "reviewer",
        says,
        hash: (review.commit_id === null ? undefined : hashAt(review.commit_id)) ?? "",
        at: review.submitted_at,
        evidence: {
          what: `review by ${login}: ${says}`,
          where: review.html_url,
          when: review.submitted_at,
          by: login,
        },
      },
    ];
  });
}

/** Comments and drafts say neither yes nor no. */
function githubWord(state: string): Statement["says"] | undefined {
  switch (state) {
    case "APPROVED":
      return "approve";
    case "CHANGES_REQUESTED":
      return "reject";
    case "DISMISSED":
      return "withdraw";
    default:
      return undefined;
  }
}

/** The members of GitLab's "approvals of a merge request" that are used here. */
export interface GitlabApproval {
  readonly user: { readonly username: string; readonly bot?: boolean | undefined };
  readonly approved_at: string;
}

/** The members of GitLab's "merge request diff versions" that are used here. */
export interface GitlabVersion {
  readonly head_commit_sha: string;
  readonly created_at: string;
}

/**
 * GitLab's approvals as statements. GitLab does not say which commit was approved, so it is the newest version that the
 * merge request had at that moment (rule H3).
 */
export function fromGitlab(
  mergeRequest: { readonly web_url: string },
  approvals: readonly GitlabApproval[],
  versions: readonly GitlabVersion[],
  identities: readonly Identity[],
  hashAt: HashAt,
): readonly Statement[] {
  return approvals.map(({ user, approved_at }) => {
    const commit = versionAt(versions, approved_at)?.head_commit_sha;
    return {
      by: personOf(identities, "gitlab", user.username),
      // Access tokens of projects and groups act as users with such names.
      bot: user.bot === true || /^(project|group)_\d+_bot/.test(user.username),
      role: "reviewer",
      says: "approve",
      hash: (commit === undefined ? undefined : hashAt(commit)) ?? "",
      at: approved_at,
      evidence: {
        what: `approval by ${user.username}`,
        where: mergeRequest.web_url,
        when: approved_at,
        by: user.username,
      },
    };
  });
}

function versionAt(versions: readonly GitlabVersion[], moment: string): GitlabVersion | undefined {
  return versions
    .filter((version) => Date.parse(version.created_at) <= Date.parse(moment))
    .reduce<GitlabVersion | undefined>(
      (newest, one) =>
        newest === undefined || Date.parse(one.created_at) > Date.parse(newest.created_at) ? one : newest,
      undefined,
    );
}
