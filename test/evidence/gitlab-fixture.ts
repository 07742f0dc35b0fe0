import { GitlabForge } from "../../lib/evidence/gitlab-forge";
import { type Fresh, freshForge } from "./fresh-forge";
import { GitlabServer } from "./gitlab-server";

export const commit = "0ec3e066".padEnd(40, "0");
export const other = "33242e93".padEnd(40, "0");
export const secret = "glpat-notARealTokenAtAll";

/** GitLab, and a forge that asks it. */
export function freshGitlab(): Fresh<GitlabServer, GitlabForge> {
  return freshForge(async () => {
    const server = await GitlabServer.start();
    const forge = new GitlabForge({
      project: "hca/ingest-core",
      token: secret,
      host: server.host,
      seconds: 5,
    });
    return { server, forge };
  });
}
