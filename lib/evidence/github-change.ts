import type { RestEndpointMethodTypes } from "@octokit/rest";
import { andThen, type Finding, found } from "./finding";
import type { ChangeRequest, Person, Push, Review } from "./forge";
import { type GithubConnection, named } from "./github-connection";

type PullRequest = RestEndpointMethodTypes["pulls"]["get"]["response"]["data"];
type GithubReview = RestEndpointMethodTypes["pulls"]["listReviews"]["response"]["data"][number];
type Activity = RestEndpointMethodTypes["repos"]["listActivities"]["response"]["data"][number];

/** H3: a pull request with its reviews, each bound to the commit it was given for, and who pushed. */
export async function githubChange(
  github: GithubConnection,
  number: number,
): Promise<Finding<ChangeRequest>> {
  const { octokit, at } = github;
  const what = named("pull request", number);
  const asked = await github.ask(what, () => octokit.rest.pulls.get({ ...at, pull_number: number }));
  return andThen(asked, async ({ data }) => {
    const page = { ...at, pull_number: number, per_page: 100 };
    const reviews = await github.ask(`reviews of ${what}`, () =>
      octokit.paginate(octokit.rest.pulls.listReviews, page),
    );
    return andThen(reviews, async (listed) => {
      const pushes = await pushesOf(github, data);
      return andThen(pushes, (pushed) => {
        const change = changeOf(data, listed.flatMap(reviewOf), pushed);
        const made = { at: data.updated_at, by: change.author.login };
        return Promise.resolve(found(change, github.evidence(`${what} by ${made.by}`, data.html_url, made)));
      });
    });
  });
}

function changeOf(data: PullRequest, reviews: readonly Review[], pushes: readonly Push[]): ChangeRequest {
  return {
    number: data.number,
    title: data.title,
    link: data.html_url,
    author: personOf(data.user),
    into: data.base.ref,
    head: data.head.sha,
    state: data.merged ? "merged" : data.state === "open" ? "open" : "closed",
    ...(data.merged && data.merge_commit_sha !== null ? { mergedAs: data.merge_commit_sha } : {}),
    pushes,
    reviews: [...reviews].sort((a, b) => Date.parse(a.at) - Date.parse(b.at)),
  };
}

const verdicts: Readonly<Record<string, Review["verdict"]>> = {
  APPROVED: "approved",
  CHANGES_REQUESTED: "rejected",
  DISMISSED: "dismissed",
};

/** A review that decides something; comments and drafts do not, nor do those of deleted accounts. */
function reviewOf(review: GithubReview): readonly Review[] {
  const verdict = verdicts[review.state];
  if (verdict === undefined || review.user === null || review.submitted_at === undefined) return [];
  return [
    {
      by: personOf(review.user),
      verdict,
      commit: review.commit_id ?? "",
      at: review.submitted_at,
      link: review.html_url,
      says: review.body,
    },
  ];
}

/**
 * Pushes to the request's branch, by the repository's activity: commits carry names that anyone can write, the activity says who
 * was logged in. Empty when it does not reach the request's head: then nobody can say who pushed last.
 */
async function pushesOf(github: GithubConnection, { head }: PullRequest): Promise<Finding<readonly Push[]>> {
  const { octokit } = github;
  const nothing = found([], github.evidence("nothing of who pushed", github.name));
  // The branch's repository is gone when a fork was deleted.
  const [owner, repo] = (head.repo as { full_name: string } | null)?.full_name.split("/") ?? [];
  if (owner === undefined || repo === undefined) return nothing;
  const asked = { owner, repo, ref: `refs/heads/${head.ref}`, per_page: 100 };
  const listed = await github.lookUp(`activity on ${head.ref}`, () =>
    octokit.paginate(octokit.rest.repos.listActivities, asked),
  );
  return andThen(listed, (activities) => {
    const pushes = sinceCreation(activities ?? []).flatMap(pushOf);
    const complete = pushes.some(({ commit }) => commit === head.sha);
    if (!complete) return Promise.resolve(nothing);
    return Promise.resolve(
      found(pushes, github.evidence(`${pushes.length} pushes to ${head.ref}`, github.name)),
    );
  });
}

/** A branch of the same name may have lived before. */
function sinceCreation(activities: readonly Activity[]): readonly Activity[] {
  const ordered = [...activities].sort((a, b) => Date.parse(a.timestamp) - Date.parse(b.timestamp));
  const created = ordered.map(({ activity_type }) => activity_type).lastIndexOf("branch_creation");
  return created === -1 ? ordered : ordered.slice(created);
}

function pushOf(activity: Activity): readonly Push[] {
  if (activity.activity_type === "branch_deletion") return [];
  return [{ by: personOf(activity.actor), commit: activity.after, at: activity.timestamp }];
}

function personOf(user: { login: string; type: string } | null): Person {
  if (user === null) return { login: "ghost", kind: "bot" };
  return { login: user.login, kind: user.type === "Bot" || user.login.endsWith("[bot]") ? "bot" : "person" };
}

export async function githubChangesOf(
  github: GithubConnection,
  commit: string,
): Promise<Finding<readonly number[]>> {
  const { octokit, at } = github;
  const asked = { ...at, commit_sha: commit, per_page: 100 };
  const what = `pull requests of ${commit.slice(0, 8)}`;
  const listed = await github.ask(what, () =>
    octokit.paginate(octokit.rest.repos.listPullRequestsAssociatedWithCommit, asked),
  );
  return andThen(listed, (requests) =>
    Promise.resolve(
      found(
        requests.map(({ number }) => number),
        github.evidence(what, github.name),
      ),
    ),
  );
}
