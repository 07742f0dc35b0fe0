import type { ForgeConfig } from "../../../config/gates-forge";
import type { Forge } from "../../../evidence/forge";
import { GithubForge } from "../../../evidence/github-forge";
import { GitlabForge } from "../../../evidence/gitlab-forge";

/** The forge that the config names, asked with the token of its environment variable; undefined where it names none. */
export function forgeOf(
  config: ForgeConfig | undefined,
  variables: Readonly<Record<string, string | undefined>>,
): Forge | undefined {
  if (config === undefined) return undefined;
  const { kind, project, api } = config;
  if (kind === "gitlab")
    return new GitlabForge({ project, host: api, token: variables[config.token?.env ?? "GITLAB_TOKEN"] });
  const [owner = "", repo = ""] = project.split("/");
  return new GithubForge({ owner, repo, api, token: variables[config.token?.env ?? "GITHUB_TOKEN"] });
}
