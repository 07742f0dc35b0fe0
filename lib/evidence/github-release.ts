import type { RestEndpointMethodTypes } from "@octokit/rest";
import { quoted } from "../release/references/quoted";
import { standsFor } from "./existing-tag";
import { andThen, type Finding, found } from "./finding";
import type { ForgeRelease, ReleaseText } from "./forge";
import { type GithubConnection, named } from "./github-connection";

type Page = RestEndpointMethodTypes["repos"]["getReleaseByTag"]["response"]["data"];

/** N3: the release's page for a tag, drafts included. */
export async function githubRelease(github: GithubConnection, tag: string): Promise<Finding<ForgeRelease>> {
  return andThen(await find(github, tag), (page) =>
    Promise.resolve(page === undefined ? github.absent(named("release", tag)) : foundPage(github, page)),
  );
}

/** N3, F18: one page for the tag, with this title and these notes; writes nothing where it is so already (X3). */
export async function putGithubRelease(
  github: GithubConnection,
  text: ReleaseText,
): Promise<Finding<ForgeRelease>> {
  const { octokit, at } = github;
  return andThen(await tagStands(github, text), async () =>
    andThen(await find(github, text.tag), async (page) => {
      const fields = { ...at, tag_name: text.tag, name: text.title, body: text.notes, draft: false };
      if (page !== undefined) {
        if (page.name === text.title && (page.body ?? "") === text.notes && !page.draft)
          return foundPage(github, page);
        const what = named("release", text.tag);
        const updated = await github.ask(what, () =>
          octokit.rest.repos.updateRelease({ ...fields, release_id: page.id }),
        );
        return andThen(updated, ({ data }) => Promise.resolve(foundPage(github, data)));
      }
      const create = { ...fields, target_commitish: text.commit };
      const created = await github.ask("new release", () => octokit.rest.repos.createRelease(create));
      return andThen(created, async ({ data }) =>
        andThen(await tagStands(github, text), () => Promise.resolve(foundPage(github, data))),
      );
    }),
  );
}

/** The published page, or a draft: drafts have no address by tag. */
async function find(github: GithubConnection, tag: string): Promise<Finding<Page | undefined>> {
  const { octokit, at } = github;
  const what = named("release", tag);
  const published = await github.lookUp(
    what,
    async () => (await octokit.rest.repos.getReleaseByTag({ ...at, tag })).data,
  );
  if (published.finding !== "found" || published.value !== undefined) return published;
  const all = await github.ask("releases", () => octokit.rest.repos.listReleases({ ...at, per_page: 100 }));
  return andThen(all, ({ data }) => {
    const page = data.find((one) => one.tag_name === tag);
    return Promise.resolve(
      found(page, github.evidence(page === undefined ? `no ${what}` : what, github.name)),
    );
  });
}

/** The tag stands for the commit, or there is none yet: a page must not be made for other code. */
async function tagStands(
  github: GithubConnection,
  { tag, commit }: ReleaseText,
): Promise<Finding<undefined>> {
  const { octokit, at } = github;
  const what = named("tag", tag);
  const reference = await github.lookUp(
    what,
    async () => (await octokit.rest.git.getRef({ ...at, ref: `tags/${tag}` })).data.object,
  );
  return andThen(reference, async (object) => {
    if (object === undefined) return found(undefined, github.evidence(`no ${what} yet`, github.name));
    const peeled =
      object.type === "tag"
        ? await github.ask(
            what,
            async () => (await octokit.rest.git.getTag({ ...at, tag_sha: object.sha })).data.object,
          )
        : found(object, github.evidence(what, github.name));
    return andThen(peeled, ({ sha }) => {
      const evidence = github.evidence(`${what} is ${sha}`, github.name);
      return Promise.resolve(standsFor({ where: github.name, what, commit: sha }, commit, evidence));
    });
  });
}

function foundPage(github: GithubConnection, page: Page): Finding<ForgeRelease> {
  const release: ForgeRelease = {
    tag: page.tag_name,
    title: page.name ?? page.tag_name,
    notes: page.body ?? "",
    state: page.draft ? "draft" : page.prerelease ? "pre-release" : "published",
    link: page.html_url,
    at: page.published_at ?? page.created_at,
    by: page.author.login,
  };
  return found(
    release,
    github.evidence(`release ${quoted(release.title)} is ${release.state}`, release.link, release),
  );
}
