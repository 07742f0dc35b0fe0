import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeSite } from "../cli/page";
import { given } from "../cli/review/given";
import { historyAt } from "../cli/review/history-at";
import { repositoryAt } from "../cli/review/repository-at";
import { GitTree } from "../lib/evidence/git-tree";
import { siteOf } from "../lib/review/page/site";
import { makeManyReleases } from "../tools/pictures/example-history";
import { median } from "./median";

/** Seconds that the environments page of a history of so many releases takes, from git to its files; the median of some runs. */
export async function pageSeconds(releases: number, runs: number): Promise<number> {
  const place = await mkdtemp(join(tmpdir(), "slip-b-page-"));
  try {
    const folder = join(place, "repository");
    makeManyReleases(folder, releases);
    const took: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      const started = performance.now();
      const repository = await repositoryAt(folder);
      const history = await historyAt(repository, given(await GitTree.at(repository, "HEAD")));
      await writeSite(join(place, "site"), siteOf(history));
      took.push((performance.now() - started) / 1000);
    }
    return median(took);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}
