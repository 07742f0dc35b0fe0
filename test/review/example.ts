import { cpSync } from "node:fs";
import { join } from "node:path";
import { GitTree } from "../../lib/evidence/git-tree";
import type { History } from "../../lib/review/history/history";
import { given } from "../../cli/review/given";
import { historyAt } from "../../cli/review/history-at";
import { repositoryAt } from "../../cli/review/repository-at";
import { makeExample } from "../../tools/pictures/example-history";
import { GitFixture } from "../evidence/git-fixture";
import { scratch } from "../scratch";

let made: string | undefined;

/** The example's repositories, made once and copied for each test that changes them: real git, with releases made up. */
export function exampleCopy(): { readonly folder: string; readonly git: GitFixture; readonly place: string } {
  if (made === undefined) {
    made = scratch("example");
    makeExample(made);
  }
  const place = scratch("example-copy");
  cpSync(made, place, { recursive: true });
  const folder = join(place, "releases");
  return { folder, place, git: new GitFixture(folder) };
}

export async function historyOf(folder: string, at = "HEAD", workingTree?: string): Promise<History> {
  const repository = await repositoryAt(folder);
  return historyAt(repository, given(await GitTree.at(repository, at)), workingTree);
}
