import { andThen, type Finding, found, mapFound } from "./finding";
import type { Comment } from "./forge";
import { type GithubConnection, named } from "./github-connection";

/** Which of some comments the token's own account wrote: whoever may comment may begin one with the marker, and edit it later. */
const authored = `query($ids: [ID!]!) {
  nodes(ids: $ids) { ... on IssueComment { id viewerDidAuthor } }
}`;

interface AuthoredAnswer {
  readonly nodes: readonly ({ readonly id?: string; readonly viewerDidAuthor?: boolean } | null)[];
}

/** Creates the comment, or brings our own that begins with the marker up to date; pull requests are issues to this part of the API. */
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
  const marked = mapFound(listed, (all) => all.filter(({ body }) => body?.startsWith(marker) === true));
  return andThen(await ours(github, what, marked), async (own) => {
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

/** The first of these comments that we wrote. */
async function ours<Comment extends { readonly node_id: string }>(
  github: GithubConnection,
  what: string,
  marked: Finding<readonly Comment[]>,
): Promise<Finding<Comment | undefined>> {
  return andThen(marked, async (comments) => {
    const ids = comments.map(({ node_id }) => node_id);
    if (ids.length === 0) return found(undefined, github.evidence(`no ${what} is ours`, github.name));
    const asked = await github.ask(`authors of ${what}`, () =>
      github.octokit.graphql<AuthoredAnswer>(authored, { ids }),
    );
    return mapFound(asked, ({ nodes }) => {
      const own = new Set(nodes.flatMap((node) => (node?.viewerDidAuthor === true ? [node.id] : [])));
      return comments.find(({ node_id }) => own.has(node_id));
    });
  });
}
