import type { z } from "zod";
import { andThen, type Finding, found } from "./finding";
import type { ChangeRequest, Person, Push, Review } from "./forge";
import type { GitlabConnection } from "./gitlab-connection";
import {
  account,
  approvals,
  type MergeRequest,
  mergeRequest,
  mergeRequestNumbers,
  notes,
  pushEvents,
  versions,
} from "./gitlab-shapes";

type Version = z.infer<typeof versions>[number];

/**
 * H3: a merge request with its approvals. GitLab does not say for which commit an approval was given, but when: it is bound to the
 * version that was the newest at that moment, so a push afterwards voids it whatever the project's settings are.
 */
export async function gitlabChange(
  gitlab: GitlabConnection,
  number: number,
): Promise<Finding<ChangeRequest>> {
  const { api, project } = gitlab;
  const what = `merge request !${number}`;
  const asked = await gitlab.ask(what, mergeRequest, () => api.MergeRequests.show(project, number));
  return andThen(asked, async (request) => {
    const history = await gitlab.ask(`versions of ${what}`, versions, () =>
      api.MergeRequests.allDiffVersions(project, number),
    );
    return andThen(history, async (listed) =>
      andThen(await reviewsOf(gitlab, number, listed, request.web_url), async (reviews) =>
        andThen(await pushesOf(gitlab, request), (pushes) => {
          const change = changeOf(request, reviews, pushes);
          const made = { at: request.updated_at, by: change.author.login };
          return Promise.resolve(
            found(change, gitlab.evidence(`${what} by ${made.by}`, request.web_url, made)),
          );
        }),
      ),
    );
  });
}

function changeOf(request: MergeRequest, reviews: readonly Review[], pushes: readonly Push[]): ChangeRequest {
  const merged = request.merge_commit_sha ?? request.squash_commit_sha ?? request.sha;
  return {
    number: request.iid,
    title: request.title,
    link: request.web_url,
    author: { login: request.author.username, kind: botName(request.author.username) ? "bot" : "person" },
    into: request.target_branch,
    head: request.sha,
    state: request.state === "merged" ? "merged" : request.state === "opened" ? "open" : "closed",
    ...(request.state === "merged" ? { mergedAs: merged } : {}),
    pushes,
    reviews,
  };
}

// What GitLab itself writes under a merge request when somebody decides.
const said: Readonly<Record<string, Review["verdict"]>> = {
  "approved this merge request": "approved",
  "unapproved this merge request": "dismissed",
  "requested changes": "rejected",
};

async function reviewsOf(
  gitlab: GitlabConnection,
  number: number,
  history: readonly Version[],
  link: string,
): Promise<Finding<readonly Review[]>> {
  const { api, project } = gitlab;
  const what = `approvals of !${number}`;
  const now = await gitlab.ask(what, approvals, () =>
    api.MergeRequestApprovals.showConfiguration(project, { mergerequestIId: number }),
  );
  return andThen(now, async ({ approved_by }) => {
    const written = await gitlab.ask(what, notes, () =>
      api.MergeRequestNotes.all(project, number, { perPage: 100 }),
    );
    return andThen(written, async (all) => {
      const decided = all.flatMap((note) => {
        const verdict = note.system ? said[note.body.trim().toLowerCase()] : undefined;
        return verdict === undefined
          ? []
          : [{ by: note.author, verdict, at: note.created_at, link: `${link}#note_${note.id}` }];
      });
      const standing = approved_by.flatMap(({ user, approved_at }) => {
        const at = approved_at ?? undefined;
        const known = decided.some((one) => one.by.id === user.id && one.verdict === "approved");
        return at === undefined || known ? [] : [{ by: user, verdict: "approved" as const, at, link }];
      });
      const reviews: Review[] = [];
      for (const one of [...decided, ...standing].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))) {
        reviews.push({
          ...one,
          by: await personOf(gitlab, one.by),
          commit: newestAt(history, one.at),
          says: "",
        });
      }
      return found(withoutWithdrawn(reviews, approved_by), gitlab.evidence(what, link));
    });
  });
}

/** An approval that GitLab no longer counts (it resets them on pushes, where a project is set so) was withdrawn. */
function withoutWithdrawn(
  reviews: readonly Review[],
  standing: z.infer<typeof approvals>["approved_by"],
): readonly Review[] {
  const counts = new Set(standing.map(({ user }) => user.username));
  return reviews.map((review) =>
    review.verdict === "approved" && !counts.has(review.by.login)
      ? { ...review, verdict: "dismissed" }
      : review,
  );
}

/** The head of the newest version at that moment; empty, and so matching nothing, before the first. */
function newestAt(history: readonly Version[], at: string): string {
  const before = history.filter((version) => Date.parse(version.created_at) <= Date.parse(at));
  const newest = before.reduce<Version | undefined>(
    (late, one) =>
      late === undefined || Date.parse(one.created_at) > Date.parse(late.created_at) ? one : late,
    undefined,
  );
  return newest?.head_commit_sha ?? "";
}

/** Pushes to the request's branch, by the project's events, which say who was logged in; empty when they do not reach the head. */
async function pushesOf(gitlab: GitlabConnection, request: MergeRequest): Promise<Finding<readonly Push[]>> {
  const nothing = found([], gitlab.evidence("nothing of who pushed", request.web_url));
  const from = request.source_project_id;
  if (from === null || from === undefined) return nothing;
  const asked = { projectId: from, action: "pushed", perPage: 100 } as const;
  const listed = await gitlab.lookUp(`pushes to ${request.source_branch}`, pushEvents, () =>
    gitlab.api.Events.all(asked),
  );
  return andThen(listed, (events) => {
    const ordered = [...(events ?? [])].sort((a, b) => Date.parse(a.created_at) - Date.parse(b.created_at));
    const branch = ordered.filter(
      ({ push_data }) => push_data?.ref_type === "branch" && push_data.ref === request.source_branch,
    );
    // A branch of the same name may have lived before.
    const created = branch.map(({ push_data }) => push_data?.action).lastIndexOf("created");
    const pushes = branch
      .slice(Math.max(created, 0))
      .flatMap(({ author, created_at, push_data }): readonly Push[] => {
        const commit = push_data?.commit_to;
        if (commit === null || commit === undefined) return [];
        return [
          {
            by: { login: author.username, kind: botName(author.username) ? "bot" : "person" },
            commit,
            at: created_at,
          },
        ];
      });
    if (!pushes.some(({ commit }) => commit === request.sha)) return Promise.resolve(nothing);
    return Promise.resolve(
      found(pushes, gitlab.evidence(`${pushes.length} pushes to ${request.source_branch}`, request.web_url)),
    );
  });
}

/** GitLab says of an account whether it is a machine's; where it does not, the name of a token's account does. */
async function personOf(gitlab: GitlabConnection, user: { id: number; username: string }): Promise<Person> {
  const asked = await gitlab.lookUp(`user ${user.username}`, account, () => gitlab.api.Users.show(user.id));
  const bot = asked.finding === "found" && asked.value?.bot === true;
  return { login: user.username, kind: bot || botName(user.username) ? "bot" : "person" };
}

function botName(username: string): boolean {
  return /^(?:project|group)_\d+_bot|^service_account_|^ghost\d*$/.test(username);
}

export async function gitlabChangesOf(
  gitlab: GitlabConnection,
  commit: string,
): Promise<Finding<readonly number[]>> {
  const what = `merge requests of ${commit.slice(0, 8)}`;
  const listed = await gitlab.ask(what, mergeRequestNumbers, () =>
    gitlab.api.Commits.allMergeRequests(gitlab.project, commit),
  );
  return andThen(listed, (requests) =>
    Promise.resolve(
      found(
        requests.map(({ iid }) => iid),
        gitlab.evidence(what, gitlab.link),
      ),
    ),
  );
}
