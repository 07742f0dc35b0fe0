import { andThen, type Finding, found, mapFound } from "./finding";
import type { Comment } from "./forge";
import type { GitlabConnection } from "./gitlab-connection";
import { account, note, notes } from "./gitlab-shapes";

const places = {
  "merge request": { sign: "!", path: "merge_requests" },
  issue: { sign: "#", path: "issues" },
} as const;

/** Creates the note, or brings our own that begins with the marker up to date: whoever may comment may begin one with it, and edit it later. */
export async function putGitlabComment(
  gitlab: GitlabConnection,
  under: keyof typeof places,
  number: number,
  marker: string,
  text: string,
): Promise<Finding<Comment>> {
  const { api, project } = gitlab;
  const { sign, path } = places[under];
  const kept = under === "issue" ? api.IssueNotes : api.MergeRequestNotes;
  const listed = await gitlab.ask(`notes of ${sign}${number}`, notes, () =>
    kept.all(project, number, { perPage: 100 }),
  );
  const self = await gitlab.ask("the token's own account", account, () => api.Users.showCurrentUser());
  const both = await andThen(self, ({ id }) =>
    Promise.resolve(mapFound(listed, (all) => all.filter(({ author }) => author.id === id))),
  );
  return andThen(both, async (ours) => {
    const own = ours.find(({ body, system }) => !system && body.startsWith(marker));
    const done = (id: number, did: Comment["did"]): Finding<Comment> => {
      const link = `${gitlab.link}/-/${path}/${number}#note_${id}`;
      return found({ link, did }, gitlab.evidence(`note ${did}`, link));
    };
    // GitLab trims what it keeps.
    if (own?.body.trim() === text.trim()) return done(own.id, "nothing");
    const put = (): Promise<unknown> =>
      own === undefined
        ? kept.create(project, number, text)
        : kept.edit(project, number, own.id, { body: text });
    const made = await gitlab.ask(`note under ${sign}${number}`, note, put);
    return andThen(made, ({ id }) => Promise.resolve(done(id, own === undefined ? "created" : "updated")));
  });
}
