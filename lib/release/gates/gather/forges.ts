import type { ForgeConfig } from "../../../config/gates-forge";
import type { Forge } from "../../../evidence/forge";
import { GithubForge } from "../../../evidence/github-forge";

/** The forge that the config names, asked with the token of its environment variable; undefined where it names none. */
export function forgeOf(
  config: ForgeConfig | undefined,
  variables: Readonly<Record<string, string | undefined>>,
): Forge | undefined {
  if (config?.kind !== "github") return undefined;
  const [owner = "", repo = ""] = config.project.split("/");
  return new GithubForge({
    owner,
    repo,
    api: config.api,
    token: variables[config.token?.env ?? "GITHUB_TOKEN"],
  });
}
