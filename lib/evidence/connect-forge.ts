import type { Forge } from "./forge";
import { GithubForge } from "./github-forge";
import { GitlabForge } from "./gitlab-forge";

/** A repository on a forge, as a stack file names it. */
export interface ForgePlace {
  readonly kind: "github" | "gitlab";
  /** `owner/name` on GitHub, the whole path on GitLab. Example: `xchem/fragalysis-stack`, `hca/ingest-core`. */
  readonly project: string;
  /** Address of a server of one's own: GitHub's API (`https://host/api/v3`), or GitLab itself (`https://host`). */
  readonly api?: string | undefined;
  readonly token?: string | undefined;
}

/** The forge of that kind; nothing is asked yet. */
export function connectForge({ kind, project, api, token }: ForgePlace): Forge {
  if (kind === "gitlab") return new GitlabForge({ project, host: api, token });
  const [owner = "", repo = ""] = project.split("/");
  return new GithubForge({ owner, repo, api, token });
}

/** Where its git repository is cloned from. */
export function cloneAddress({ kind, project, api }: ForgePlace): string {
  const host =
    api === undefined
      ? kind === "github"
        ? "github.com"
        : "gitlab.com"
      : new URL(api).host.replace(/^api\./, "");
  return `https://${host}/${project}.git`;
}
