import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join, sep } from "node:path";
import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";
import { isFailure } from "./failure";
import { packageRoot } from "../lib/package-root";
import { type Counts, formatCounts, parseCounts } from "./counts";

/** How one mocha ended. */
interface SuiteResult {
  /** Undefined where it was cut short. */
  readonly counts: Counts | undefined;
  readonly passed: boolean;
  /** What mocha says after the last test: how many, and every failure. */
  readonly epilogue: readonly string[];
  /** Every failure in one line. */
  readonly failures: readonly string[];
}

/**
 * All tests, in several mochas side by side: what tests do most of the time is to wait for a pod or a server. Each suite's lines come
 * as they are, behind its name; failures and the sum stand at the end.
 */
async function main(): Promise<void> {
  const results = await Promise.all(Object.entries(suites()).map(([name, share]) => run(name, share)));
  for (const { epilogue } of results) console.log(epilogue.join("\n"));
  for (const failure of results.flatMap(({ failures }) => failures)) console.log(failure);
  const sum = (of: keyof Counts): number =>
    results.reduce((total, { counts }) => total + (counts?.[of] ?? 0), 0);
  console.log(formatCounts({ passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") }));
  if (results.some(({ passed }) => !passed)) process.exitCode = 1;
}

/** What one mocha runs of `test/`. */
interface Share {
  readonly folders: readonly string[];
  /** Folders within those, which another mocha runs. */
  readonly without: readonly string[];
}

/** All of `test/` by the suite that runs it; a folder that is named nowhere belongs to `core`. */
function suites(): Readonly<Record<string, Share>> {
  const named = { systems: ["e2e"], tools: ["tools", "components", "docs", "cli", "data/kill"] };
  const taken: readonly string[] = Object.values(named).flat();
  const tests = readdirSync(__dirname, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".test.ts"),
  );
  const folders = new Set(tests.map((file) => file.split(sep)[0] ?? ""));
  const rest = [...folders].filter((name) => !taken.includes(name));
  return {
    systems: { folders: named.systems, without: [] },
    tools: { folders: named.tools, without: [] },
    core: { folders: rest, without: taken },
  };
}

async function run(name: string, { folders, without }: Share): Promise<SuiteResult> {
  const mocha = join(packageRoot(), "node_modules", "mocha", "bin", "mocha.js");
  const files = folders.map((folder) => `test/${folder}/**/*.test.ts`);
  const ignored = without.flatMap((folder) => ["--ignore", `test/${folder}/**`]);
  const color = process.stdout.isTTY ? ["--color"] : [];
  const child = spawn(process.execPath, [mocha, ...color, ...ignored, ...files], {
    cwd: packageRoot(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  let counts: Counts | undefined;
  const epilogue = [`\n${name}:`];
  const failures: string[] = [];
  let isOver = false;
  const show = (line: string): void => {
    counts ??= parseCounts(line);
    isOver ||= /^\s*\d+ passing/.test(stripVTControlCharacters(line));
    if (isFailure(line)) failures.push(line);
    else if (isOver) epilogue.push(line);
    else console.log(`${name.padEnd(9)}${line}`);
  };
  for (const output of [child.stdout, child.stderr]) createInterface(output).on("line", show);
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  if (counts === undefined) epilogue.push(`mocha was cut short: ${signal ?? `exit code ${code}`}`);
  return { counts, passed: code === 0 && counts !== undefined, epilogue, failures };
}

void main();
