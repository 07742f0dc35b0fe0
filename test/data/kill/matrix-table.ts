import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../../../lib/package-root";

/** One cell of the matrix that was tried. */
export interface MatrixRow {
  readonly store: string;
  readonly scenario: string;
  /** What was killed: the engine with its folder, or the database server. */
  readonly victim: "engine" | "server";
  readonly instant: string;
  readonly recovery: string;
  readonly end: string;
}

/** The tests whose table is kept in each page of the docs. */
const pages = {
  "data-kill-matrix": { title: "Kill matrix", test: "kill-matrix" },
  "scale-kill-matrix": { title: "Kill matrix of releases by pods", test: "kill-matrix-of-pods" },
} as const;

/** Whether the table in the docs is to be rewritten, by all that can be tried. */
export function isKept(): boolean {
  return process.env["SLIPWAY_KEEP_KILL_MATRIX"] !== undefined;
}

/**
 * Rewrites the table in the docs when SLIPWAY_KEEP_KILL_MATRIX is set: only what was tried and held is in it.
 * @param servers what the server of each kind of store was.
 */
export async function keepTable(
  page: keyof typeof pages,
  rows: readonly MatrixRow[],
  servers: Readonly<Record<string, string>>,
): Promise<void> {
  if (!isKept() || rows.length === 0) return;
  const { title, test } = pages[page];
  const command = `SLIPWAY_KEEP_KILL_MATRIX=1 npx mocha test/data/kill/${test}.test.ts && npx prettier --write docs/${page}.md`;
  const onServers = rows.filter(({ victim }) => victim === "server").length;
  const lines = [
    `# ${title}`,
    "",
    `${rows.length} times a release was cut off by SIGKILL: ${rows.length - onServers} times its engine, whose folder was deleted as well, as on a runner that is`,
    `gone; ${onServers} times the database server, which started again on its data. It was gone on with from elsewhere, by the same release`,
    "again (`release`) or by an operator (`resume`). Afterwards the content was that of an undisturbed run, writes were open, documents",
    "expired as before, no setting was left on a database, and nothing was left behind. The instants enumerate themselves: each effect,",
    "before and after it. A scenario that begins like the confirmed one is killed from where it differs.",
    "",
    `Kept by: \`${command}\``,
    "",
    ...Object.entries(servers).flatMap(([store, server]) => [
      `## ${store}`,
      "",
      `The server is ${server}.`,
      "",
      ...tableOf(rows.filter((row) => row.store === store)),
      "",
    ]),
  ];
  await writeFile(join(packageRoot(), "docs", `${page}.md`), lines.join("\n"));
}

function tableOf(rows: readonly MatrixRow[]): readonly string[] {
  const cells = (row: readonly string[]): string => `| ${row.join(" | ")} |`;
  return [
    cells(["release", "killed at", "what", "gone on with by", "ended"]),
    cells(["---", "---", "---", "---", "---"]),
    ...rows.map(({ scenario, victim, instant, recovery, end }) =>
      cells([scenario, instant.trim(), victim, `\`${recovery}\``, end]),
    ),
  ];
}
