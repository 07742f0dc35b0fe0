import { connectForge } from "../../lib/evidence/connect-forge";
import { contradicted, type Finding, mapFound } from "../../lib/evidence/finding";
import type { Comment, Forge } from "../../lib/evidence/forge";
import { Refusal } from "../../lib/problem";
import { commentMarker } from "../../lib/review/diff/comment";
import { given } from "./given";

type Variables = Readonly<Record<string, string | undefined>>;

/** The forge whose job this is, by the variables that GitHub and GitLab give every job. @throws Refusal outside of one. */
export function jobForge(variables: Variables): Forge {
  const { GITHUB_REPOSITORY: github, CI_PROJECT_PATH: gitlab } = variables;
  if (github !== undefined) {
    const { GITHUB_API_URL: api, GITHUB_TOKEN: token } = variables;
    return connectForge({ kind: "github", project: github, api, token });
  }
  if (gitlab !== undefined) {
    const { CI_SERVER_URL: api, GITLAB_TOKEN: token } = variables;
    return connectForge({ kind: "gitlab", project: gitlab, api, token });
  }
  throw new Refusal("comment", [
    {
      where: "GITHUB_REPOSITORY, CI_PROJECT_PATH",
      found: "neither is set",
      allowed: "the repository that the pull request is in, as a job of GitHub or GitLab is given it",
      mend: "GITHUB_REPOSITORY=owner/name GITHUB_TOKEN=… slipway diff … --comment <number>",
    },
  ]);
}

/**
 * Puts a release's comment under a pull or merge request, in place of the one that is there.
 * @param number undefined for the request that brought the commit in.
 * @throws Refusal where the forge does not take it.
 */
export async function putReleaseComment(
  forge: Forge,
  number: number | undefined,
  head: string,
  text: string,
): Promise<Comment> {
  const request = number === undefined ? given(await broughtIn(forge, head)) : number;
  return given(await forge.putComment(request, commentMarker, text));
}

async function broughtIn(forge: Forge, head: string): Promise<Finding<number>> {
  const asked = await forge.changeRequestsOf(head);
  if (asked.finding !== "found") return asked;
  if (asked.value.length > 0) return mapFound(asked, (numbers) => Math.max(...numbers));
  const problem = {
    where: forge.name,
    found: `no pull request brought in ${head.slice(0, 8)}`,
    allowed: "a commit of a pull request",
    mend: "name it: slipway diff … --comment <number>",
  };
  return contradicted(problem, asked.evidence);
}
