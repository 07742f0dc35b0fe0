import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quoted } from "../release/references/quoted";
import { type Finding, unjudged } from "./finding";
import { git, type GitAuthorization, withoutCredentials } from "./git-command";
import { GitRepository } from "./git-repository";

// ssh's short form (git@host:path), or an address of a transport that proves who answers; a folder for repositories at hand.
const allowed =
  /^(?:https:\/\/|ssh:\/\/|http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost)(?::\d+)?\/|[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:(?!\/\/)|\/)/;
const seconds = 300;

/**
 * Fetches all commits, branches and tags of a repository (no file contents) into a temporary folder, and removes it afterwards (X2).
 * @param address https, ssh, or a folder. Plain http is for this machine alone.
 */
export async function withClone<T>(
  address: string,
  use: (repository: GitRepository) => Promise<Finding<T>>,
  authorization?: GitAuthorization,
): Promise<Finding<T>> {
  const name = withoutCredentials(address);
  if (!allowed.test(address)) {
    return unjudged({
      where: "repository",
      found: quoted(name),
      allowed: "an https or ssh address, or an absolute folder",
      mend: "correct the address in the stack file",
    });
  }
  const folder = await mkdtemp(join(tmpdir(), "slipway-git-"));
  try {
    const cloned = await git(
      folder,
      ["clone", "--bare", "--quiet", "--filter=blob:none", "--", address, "copy.git"],
      seconds,
      authorization,
    );
    if (cloned.ended === "failed" || cloned.code !== 0) {
      return unjudged({
        where: name,
        found: `a repository that cannot be read (${cloned.says})`,
        allowed: "a repository that this machine may read",
        mend: "check the address, the network, and the credentials of git for it",
      });
    }
    const place = {
      folder: join(folder, "copy.git"),
      name,
      ...(authorization === undefined ? {} : { authorization }),
    };
    return await use(GitRepository.fetched(place));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
