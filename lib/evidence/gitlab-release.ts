import { quoted } from "../release/references/quoted";
import { standsFor } from "./existing-tag";
import { andThen, type Finding, found } from "./finding";
import type { ForgeRelease, ReleaseText } from "./forge";
import type { GitlabConnection } from "./gitlab-connection";
import { type GitlabReleasePage, release, tag as tagShape } from "./gitlab-shapes";

export async function gitlabRelease(gitlab: GitlabConnection, tag: string): Promise<Finding<ForgeRelease>> {
  const asked = await gitlab.ask(`release ${quoted(tag)}`, release, () =>
    gitlab.api.ProjectReleases.show(gitlab.project, tag),
  );
  return andThen(asked, (page) => Promise.resolve(foundPage(gitlab, page)));
}

/** N3: one page for the tag, with this title and these notes; writes nothing where it is so already (X3). */
export async function putGitlabRelease(
  gitlab: GitlabConnection,
  text: ReleaseText,
): Promise<Finding<ForgeRelease>> {
  const { api, project } = gitlab;
  const what = `release ${quoted(text.tag)}`;
  return andThen(await tagStands(gitlab, text), async () =>
    andThen(
      await gitlab.lookUp(what, release, () => api.ProjectReleases.show(project, text.tag)),
      async (page) => {
        if (page?.name === text.title && (page.description ?? "") === text.notes)
          return foundPage(gitlab, page);
        const fields = { name: text.title, description: text.notes };
        const put = (): Promise<unknown> =>
          page === undefined
            ? api.ProjectReleases.create(project, { ...fields, tagName: text.tag, ref: text.commit })
            : api.ProjectReleases.edit(project, text.tag, fields);
        return andThen(await gitlab.ask(what, release, put), (made) =>
          Promise.resolve(foundPage(gitlab, made)),
        );
      },
    ),
  );
}

/** The tag stands for the commit, or there is none yet: a page must not be made for other code. */
async function tagStands(
  gitlab: GitlabConnection,
  { tag, commit }: ReleaseText,
): Promise<Finding<undefined>> {
  const what = `tag ${quoted(tag)}`;
  return andThen(
    await gitlab.lookUp(what, tagShape, () => gitlab.api.Tags.show(gitlab.project, tag)),
    (now) => {
      const evidence = gitlab.evidence(
        now === undefined ? `no ${what} yet` : `${what} is ${now.commit.id}`,
        `${gitlab.link}/-/tags`,
      );
      if (now === undefined) return Promise.resolve(found(undefined, evidence));
      const existing = { where: gitlab.name, what, commit: now.commit.id };
      return Promise.resolve(standsFor(existing, commit, evidence));
    },
  );
}

function foundPage(gitlab: GitlabConnection, page: GitlabReleasePage): Finding<ForgeRelease> {
  const made: ForgeRelease = {
    tag: page.tag_name,
    title: page.name ?? page.tag_name,
    notes: page.description ?? "",
    state: page.upcoming_release === true ? "pre-release" : "published",
    link: page._links.self,
    at: page.released_at ?? page.created_at,
    by: page.author.username,
  };
  return found(made, gitlab.evidence(`release ${quoted(made.title)} is ${made.state}`, made.link, made));
}
