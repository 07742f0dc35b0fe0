import { andThen, type Finding, found } from "./finding";
import type { Comment } from "./forge";
import { type GithubConnection, named } from "./github-connection";

/** Creates the comment, or brings the one that begins with the marker up to date; pull requests are issues to this part of the API. */
export async function putGithubComment(
  github: GithubConnection,
  number: number,
  marker: string,
  text: string,
): Promise<Finding<Comment>> {
  const { octokit, at } = github;
  const what = `comments of ${named("pull request or issue", number)}`;
  const listed = await github.ask(what, () =>
    octokit.paginate(octokit.rest.issues.listComments, { ...at, issue_number: number, per_page: 100 }),
  );
  return andThen(listed, async (comments) => {
    const own = comments.find(({ body }) => body?.startsWith(marker) === true);
    const done = (link: string, did: Comment["did"]): Finding<Comment> =>
      found({ link, did }, github.evidence(`comment ${did}`, link));
    if (own === undefined) {
      const fields = { ...at, issue_number: number, body: text };
      const made = await github.ask("new comment", () => octokit.rest.issues.createComment(fields));
      return andThen(made, ({ data }) => Promise.resolve(done(data.html_url, "created")));
    }
    // GitHub trims what it keeps.
    if (own.body?.trim() === text.trim()) return done(own.html_url, "nothing");
    const fields = { ...at, comment_id: own.id, body: text };
    const updated = await github.ask("comment", () => octokit.rest.issues.updateComment(fields));
    return andThen(updated, ({ data }) => Promise.resolve(done(data.html_url, "updated")));
  });
}
