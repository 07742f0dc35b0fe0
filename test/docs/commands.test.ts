import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../lib/package-root";
import { blocksOf, pages } from "./doc-blocks";

const root = packageRoot();

describe("the commands of the docs", () => {
  const all = pages(root).flatMap((page) => blocksOf(root, page));

  it("each are marked to be run, or say why they are not", () => {
    const silent = all.filter(
      ({ language, run, notRun }) => language === "sh" && !run && notRun === undefined,
    );
    assert.deepEqual(
      silent.map(({ page, line }) => `${page}:${line}`),
      [],
    );
    assert.ok(all.filter(({ run }) => run).length >= 10, "most of them are run");
  });

  it("name only pages and files that exist", () => {
    const broken = pages(root).flatMap((page) => {
      const text = readFileSync(join(root, page), "utf8");
      const linked = [...text.matchAll(/\]\(([^)#\s]+)(#[^)]*)?\)/g)].map(([, target = ""]) => target);
      return linked
        .filter((target) => !/^[a-z]+:/.test(target))
        .filter((target) => !existsFrom(page, target))
        .map((target) => `${page}: ${target}`);
    });
    assert.deepEqual(broken, []);
  });
});

function existsFrom(page: string, target: string): boolean {
  try {
    readFileSync(join(root, page, "..", target));
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EISDIR";
  }
}
