import { GitlabForge } from "../../lib/evidence/gitlab-forge";
import { GitlabServer } from "./gitlab-server";

export const commit = "0ec3e066".padEnd(40, "0");
export const other = "33242e93".padEnd(40, "0");
export const secret = "glpat-notARealTokenAtAll";

/** GitLab as a test has it, and a forge that asks it. */
export interface Gitlab {
  server: GitlabServer;
  forge: GitlabForge;
}

/** Both made anew for each test of the suite that calls this. */
export function freshGitlab(): Gitlab {
  const gitlab: Partial<Gitlab> = {};
  beforeEach(async () => {
    gitlab.server = await GitlabServer.start();
    gitlab.forge = new GitlabForge({
      project: "hca/ingest-core",
      token: secret,
      host: gitlab.server.host,
      seconds: 5,
    });
  });
  afterEach(() => gitlab.server?.stop());
  return gitlab as Gitlab;
}
