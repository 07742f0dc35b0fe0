import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../../../lib/package-root";

/** One cell of the matrix that was tried. */
export interface MatrixRow {
  readonly scenario: string;
  readonly instant: string;
  readonly recovery: string;
  readonly end: string;
}

/** Rewrites the table in the docs when SLIPWAY_KEEP_KILL_MATRIX is set: only what was tried and held is in it. */
export async function keepTable(rows: readonly MatrixRow[]): Promise<void> {
  if (process.env["SLIPWAY_KEEP_KILL_MATRIX"] === undefined || rows.length === 0) return;
  const cells = (row: readonly string[]): string => `| ${row.join(" | ")} |`;
  const lines = [
    "# Kill matrix",
    "",
    `${rows.length} instants at which the engine was killed with SIGKILL, its folder deleted, and the release gone on with from elsewhere:`,
    "by the same release again (`release`), or by an operator (`resume`). Afterwards the content was that of an undisturbed run,",
    "writes were open, and nothing was left behind. The instants enumerate themselves: each effect, before and after it.",
    "",
    "Kept by: `SLIPWAY_KEEP_KILL_MATRIX=1 npx mocha test/data/kill/kill-matrix.test.ts`",
    "",
    cells(["release", "killed at", "gone on with by", "ended"]),
    cells(["---", "---", "---", "---"]),
    ...rows.map(({ scenario, instant, recovery, end }) =>
      cells([scenario, instant.trim(), `\`${recovery}\``, end]),
    ),
    "",
  ];
  await writeFile(join(packageRoot(), "docs", "data-kill-matrix.md"), lines.join("\n"));
}
