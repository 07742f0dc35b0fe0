import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";

/** A title of a test or of a group of tests, as its file says it. */
export interface TestTitle {
  /** From the project's folder. Example: `test/release/gates/nmdc.test.ts`. */
  readonly file: string;
  /** What comes before the first `${…}`, where the title is a template. */
  readonly title: string;
}

/**
 * Every title of `it` and `describe` in the tests and in what they share, read by the TypeScript parser: what a comment says is none.
 */
export function testTitles(root: string): readonly TestTitle[] {
  return readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .flatMap((name) => {
      const path = join(root, "test", name);
      const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest);
      return titlesIn(source).map((title) => ({ file: relative(root, path), title }));
    });
}

function titlesIn(source: ts.SourceFile): readonly string[] {
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      const [first] = node.arguments;
      if (["it", "describe"].includes(node.expression.text) && first !== undefined) {
        if (ts.isStringLiteralLike(first)) titles.push(first.text);
        else if (ts.isTemplateExpression(first)) titles.push(first.head.text);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return titles;
}

/** The rules that a title begins with: `N4, X1: …` names two. */
export function rulesOf({ title }: TestTitle): readonly string[] {
  return /^([A-Z]\d+(?:, [A-Z]\d+)*): /.exec(title)?.[1]?.split(", ") ?? [];
}
