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

const command =
  "SLIPWAY_KEEP_KILL_MATRIX=1 npx mocha test/data/kill/kill-matrix.test.ts && npx prettier --write docs/data-kill-matrix.md";

/**
 * Rewrites the table in the docs when SLIPWAY_KEEP_KILL_MATRIX is set: only what was tried and held is in it.
 * @param servers what the server of each kind of store was.
 */
export async function keepTable(
  rows: readonly MatrixRow[],
  servers: Readonly<Record<string, string>>,
): Promise<void> {
  if (process.env["SLIPWAY_KEEP_KILL_MATRIX"] === undefined || rows.length === 0) return;
  const onServers = rows.filter(({ victim }) => victim === "server").length;
  const lines = [
    "# Kill matrix",
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
  await writeFile(join(packageRoot(), "docs", "data-kill-matrix.md"), lines.join("\n"));
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
