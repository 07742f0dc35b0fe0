import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A fenced block of a page. */
export interface DocBlock {
  /** From the project's folder. Example: `docs/tutorial.md`. */
  readonly page: string;
  /** Line of the page that the block's text begins at. */
  readonly line: number;
  /** First word after the fence. Example: `sh`. */
  readonly language: string;
  /** Whether it is marked to be run: ```` ```sh run ````. */
  readonly run: boolean;
  /** Why it is not run, from the comment right before it: `<!-- not run: … -->`. */
  readonly notRun: string | undefined;
  readonly text: string;
}

/** The README and every page of the docs. */
export function pages(root: string): readonly string[] {
  const docs = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
  return ["README.md", ...docs.sort().map((name) => join("docs", name))];
}

/** Every fenced block of a page, in its order. */
export function blocksOf(root: string, page: string): readonly DocBlock[] {
  const text = readFileSync(join(root, page), "utf8");
  const fence = /(?:<!-- not run: (?<why>[^>]+) -->\n+)?^```(?<info>[^\n`]*)\n(?<body>.*?)^```$/gms;
  return [...text.matchAll(fence)].map((match) => {
    const { why, info = "", body = "" } = match.groups ?? {};
    const [language = "", ...marks] = info.split(" ");
    const before = text.slice(0, match.index + match[0].indexOf("```"));
    return {
      page,
      line: before.split("\n").length + 1,
      language,
      run: marks.includes("run"),
      notRun: why,
      text: body,
    };
  });
}
