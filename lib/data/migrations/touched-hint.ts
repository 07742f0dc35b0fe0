import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory } from "../../config/embedded";
import { contentHash } from "../../content-hash";
import type { Migration } from "./migration";

/**
 * Which collections a chain asked for when it ran before. Only a hint: with it the others are looked at while the migrator
 * runs; where it turns out wrong, the work is done again.
 */
export async function readTouchedHint(chain: readonly Migration[]): Promise<ReadonlySet<string> | undefined> {
  if (!chain.some(({ step }) => step.kind === "python")) return undefined;
  try {
    const found: unknown = JSON.parse(await readFile(hintFile(chain), "utf8"));
    return isNames(found) ? new Set(found) : undefined;
  } catch {
    return undefined;
  }
}

export async function writeTouchedHint(
  chain: readonly Migration[],
  touched: ReadonlySet<string>,
): Promise<void> {
  const file = hintFile(chain);
  const partial = `${file}.${process.pid}.partial`;
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(partial, JSON.stringify([...touched].sort()));
  await rename(partial, file);
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === "string");
}

function hintFile(chain: readonly Migration[]): string {
  const key = contentHash(chain.map(({ hash }) => hash)).slice("sha256:".length, "sha256:".length + 24);
  return join(cacheDirectory(), "touched", `${key}.json`);
}
