import assert from "node:assert/strict";
import { join } from "node:path";
import { GitTree } from "../../../lib/evidence/git-tree";
import { siteOf } from "../../../lib/review/page/site";
import { given } from "../../../cli/review/given";
import { historyAt } from "../../../cli/review/history-at";
import { repositoryAt } from "../../../cli/review/repository-at";
import { makeManyReleases } from "../../../tools/pictures/example-history";
import { scratch } from "../../scratch";

/** What the site of so many releases takes: questions to git, and letters written. */
async function work(releases: number): Promise<{ readonly questions: number; readonly letters: number }> {
  const folder = join(scratch("many"), "repository");
  makeManyReleases(folder, releases);
  const repository = await repositoryAt(folder);
  let questions = 0;
  const run = repository.run.bind(repository);
  repository.run = (args) => {
    questions += 1;
    return run(args);
  };
  const site = siteOf(await historyAt(repository, given(await GitTree.at(repository, "HEAD"))));
  assert.equal(site.length, releases + 1);
  return { questions, letters: site.reduce((sum, { text }) => sum + text.length, 0) };
}

describe("the site of many releases", function () {
  this.timeout(120_000);

  it("asks git no more often however many they are, and writes as much for each", async () => {
    const [few, some, many] = [await work(30), await work(60), await work(120)];
    assert.deepEqual([some.questions, many.questions], [few.questions, few.questions]);
    const ratio = (many.letters - some.letters) / (2 * (some.letters - few.letters));
    assert.ok(Math.abs(ratio - 1) < 0.05, `twice the releases, ${ratio.toFixed(3)} times the text each`);
  });
});
