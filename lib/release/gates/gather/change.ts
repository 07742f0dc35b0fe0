import { join } from "node:path";
import { andThen, contradicted, type Finding, found, unjudged } from "../../../evidence/finding";
import type { ChangeRequest, Forge } from "../../../evidence/forge";
import { GitRepository } from "../../../evidence/git-repository";
import { changeOf, reviewStatements } from "../../approvals/forge-reviews";
import { readSignedStatements } from "../../approvals/ssh-signature";
import { personOf, type Change, type Statement } from "../../approvals/statement";
import { forgeOf } from "./forges";
import { type GatherRequest, nowhere } from "./request";

/** Who made the change, and who said what about it. */
export interface ChangeFacts {
  readonly request: Finding<ChangeRequest>;
  readonly change: Finding<Change>;
  readonly statements: Finding<readonly Statement[]>;
}

/** Reads the pull request of this change, where changes are reviewed on a forge, and the approvals that were signed with SSH keys. */
export async function gatherChange(request: GatherRequest): Promise<ChangeFacts> {
  const { people } = request.config;
  const forge = forgeOf(people.reviews, request.variables);
  const git = await GitRepository.open({ folder: request.project });
  const pull =
    forge === undefined
      ? nowhere("pull request", "name slipway:people.reviews")
      : await andThen(git, (repository) => pullRequest(request, forge, repository));
  return {
    request: pull,
    change: await changeFact(request, pull, git),
    statements: await statementsFact(request, pull),
  };
}

/** The pull request that the caller names, or the one that brought the commit in. */
async function pullRequest(
  request: GatherRequest,
  forge: Forge,
  repository: GitRepository,
): Promise<Finding<ChangeRequest>> {
  if (request.pullRequest !== undefined) return forge.changeRequest(request.pullRequest);
  return andThen(await repository.read(["rev-parse", "HEAD"], "HEAD", (text) => text.trim()), async (head) =>
    andThen(await forge.changeRequestsOf(head), (numbers) => {
      const newest = Math.max(...numbers);
      if (numbers.length > 0) return forge.changeRequest(newest);
      const found = `no pull request brought in ${head.slice(0, 8)}`;
      const evidence = { what: found, where: forge.name, when: request.now, by: forge.kind };
      return Promise.resolve(
        contradicted(
          { where: forge.name, found, allowed: "a change that was reviewed", mend: "open a pull request" },
          evidence,
        ),
      );
    }),
  );
}

async function changeFact(
  request: GatherRequest,
  pull: Finding<ChangeRequest>,
  git: Finding<GitRepository>,
): Promise<Finding<Change>> {
  const { people } = request.config;
  if (people.reviews === undefined) return andThen(git, (repository) => fromGit(request, repository));
  return andThen(pull, (change) => {
    const made = changeOf(people.reviews?.kind ?? "github", change, people.identities, request.hash);
    const mend = "ask for the approvals again as signed statements: slipway approve";
    if (made === undefined) {
      return Promise.resolve(
        unjudged({
          where: change.link,
          found: "the forge no longer tells who pushed",
          allowed: "who pushed last",
          mend,
        }),
      );
    }
    const what = `by ${made.author}, pushed last by ${made.lastPusher}`;
    return Promise.resolve(found(made, { what, where: change.link, when: request.now, by: made.author }));
  });
}

/** Without a forge: who wrote the stack file's last change, and who committed last. */
async function fromGit(
  { project, config, hash, now }: GatherRequest,
  repository: GitRepository,
): Promise<Finding<Change>> {
  const file = `Pulumi.${config.environment}.yaml`;
  const name = (text: string): string => personOf(config.people.identities, "ssh", text.trim());
  const author = await repository.read(
    ["log", "-1", "--format=%ae", "--", file],
    `who changed ${file}`,
    name,
  );
  return andThen(author, async (wrote) => {
    const committer = await repository.read(["log", "-1", "--format=%ce"], "who committed last", name);
    if (wrote === "")
      return unjudged({
        where: file,
        found: "a file that is in no commit",
        allowed: "a committed change",
        mend: `git add ${file} && git commit`,
      });
    return andThen(committer, (pushed) =>
      Promise.resolve(
        found(
          { hash, author: wrote, lastPusher: pushed },
          { what: `by ${wrote}, committed last by ${pushed}`, where: project, when: now, by: wrote },
        ),
      ),
    );
  });
}

/** Both sources together; a signature that is no good is a warning that names its file, and counts for nothing. */
async function statementsFact(
  request: GatherRequest,
  pull: Finding<ChangeRequest>,
): Promise<Finding<readonly Statement[]>> {
  const { system, environment, people } = request.config;
  if (people.reviews === undefined && people.allowedSigners === undefined) {
    return nowhere(
      "approvals",
      "name slipway:people.reviews, or slipway:people.allowedSigners and sign: slipway approve",
    );
  }
  if (people.reviews !== undefined && pull.finding !== "found") return pull;
  const reviews =
    pull.finding === "found"
      ? reviewStatements(people.reviews?.kind ?? "github", pull.value, people.identities, request.hashAt)
      : [];
  const folder = approvalsFolder(request.project, environment);
  const signed =
    people.allowedSigners === undefined
      ? { statements: [], bad: [] }
      : await readSignedStatements(
          folder,
          join(request.project, people.allowedSigners),
          { system, environment },
          people.identities,
        );
  const statements = [...reviews, ...signed.statements];
  const evidence = {
    what: `${statements.length} statements`,
    where: pull.finding === "found" ? pull.value.link : folder,
    when: request.now,
    by: "people",
  };
  return found(
    statements,
    evidence,
    signed.bad.flatMap(({ problems }) => problems.map(({ where, found: what }) => `${where}: ${what}`)),
  );
}

/** Where signed approvals of an environment lie. */
export function approvalsFolder(project: string, environment: string): string {
  return join(project, "releases", environment, "approvals");
}
