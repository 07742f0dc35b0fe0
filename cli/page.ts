import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Command } from "commander";
import { GitTree } from "../lib/evidence/git-tree";
import { Refusal } from "../lib/problem";
import { siteOf, type SiteFile } from "../lib/review/page/site";
import { counted } from "../lib/review/text/words";
import { given } from "./review/given";
import { historyAt } from "./review/history-at";
import { repositoryAt } from "./review/repository-at";

interface Options {
  readonly out: string;
  readonly at: string;
  readonly repository: string;
  readonly json?: boolean;
}

/** `slipway page`: the environments page, from git alone. */
export function registerPage(program: Command): void {
  program
    .command("page")
    .description("write the environments page as static HTML, from git and the committed records alone")
    .option("--out <folder>", "where to; what is there is replaced as a whole", "site")
    .option("--at <commit>", "the commit, tag or branch that is shown", "HEAD")
    .option("--repository <folder>", "the repository; a bare clone will do", ".")
    .option("--json", "print what was written as JSON")
    .addHelpText("after", "\nExample: slipway page --out site")
    .action(async ({ out, at, repository: folder, json }: Options) => {
      const repository = await repositoryAt(resolve(folder));
      const history = await historyAt(repository, given(await GitTree.at(repository, at)));
      const files = siteOf(history);
      await writeSite(resolve(out), files);
      const [file, releases, commit] = [join(out, "index.html"), files.length - 1, history.commit.id];
      const words = `${file} and ${counted(releases, "release")}, as of ${commit.slice(0, 12)}`;
      console.log(json === true ? JSON.stringify({ file, releases, commit }) : words);
    });
}

/** The mark of a folder that this command wrote, and may write again. */
const mark = ".slipway-site";

/**
 * Writes a whole site beside its place, then puts it there: a reader sees the old one or the new one.
 * @throws Refusal where something else lies there, which is not this command's to remove.
 */
export async function writeSite(folder: string, files: readonly SiteFile[]): Promise<void> {
  const there = await entries(folder);
  if (there.length > 0 && !there.includes(mark)) {
    throw new Refusal("page", [
      {
        where: folder,
        found: "a folder with other things in it",
        allowed: "no folder, an empty one, or a site that was written before",
        mend: "name another one: slipway page --out site",
      },
    ]);
  }
  await mkdir(dirname(folder), { recursive: true });
  const draft = await mkdtemp(`${folder}.draft-`);
  try {
    for (const path of new Set(files.map((file) => dirname(file.path))))
      await mkdir(join(draft, path), { recursive: true });
    await writeFile(join(draft, mark), "");
    await Promise.all(files.map(({ path, text }) => writeFile(join(draft, path), text)));
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}

async function entries(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
