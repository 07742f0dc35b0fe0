import { GithubForge } from "../../lib/evidence/github-forge";
import { GithubServer } from "./github-server";

export const commit = "1c704975".padEnd(40, "0");
export const other = "2d815086".padEnd(40, "0");
export const secret = "ghp_notARealTokenAtAll";

/** GitHub as a test has it, and a forge that asks it. */
export interface Github {
  server: GithubServer;
  forge: GithubForge;
}

/** Both made anew for each test of the suite that calls this. */
export function freshGithub(): Github {
  const github: Partial<Github> = {};
  beforeEach(async () => {
    github.server = await GithubServer.start();
    github.forge = new GithubForge({
      owner: "microbiomedata",
      repo: "nmdc-runtime",
      token: secret,
      api: github.server.api,
      seconds: 5,
    });
  });
  afterEach(() => github.server?.stop());
  return github as Github;
}
