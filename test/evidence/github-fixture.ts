import { GithubForge } from "../../lib/evidence/github-forge";
import { type Fresh, freshForge } from "./fresh-forge";
import { GithubServer } from "./github-server";

export const commit = "1c704975".padEnd(40, "0");
export const other = "2d815086".padEnd(40, "0");
export const secret = "ghp_notARealTokenAtAll";

/** GitHub, and a forge that asks it. */
export function freshGithub(): Fresh<GithubServer, GithubForge> {
  return freshForge(async () => {
    const server = await GithubServer.start();
    const forge = new GithubForge({
      owner: "microbiomedata",
      repo: "nmdc-runtime",
      token: secret,
      api: server.api,
      seconds: 5,
    });
    return { server, forge };
  });
}
