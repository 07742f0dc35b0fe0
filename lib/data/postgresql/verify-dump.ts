import type { Problem } from "../../problem";
import type { CollectionChange } from "../protocol";
import { sumOf } from "../dump/file-sum";
import type { DumpStorage } from "../dump/storage";
import type { DumpedDatabase } from "./settle";

/** `manifest.json` of a dump of PostgreSQL databases. */
export interface PostgresManifest {
  readonly kind: "postgresql";
  readonly record: string;
  readonly at: string;
  readonly databases: readonly DumpedDatabase[];
}

export function isPostgresManifest(found: unknown): found is PostgresManifest {
  return (found as { kind?: unknown } | null)?.kind === "postgresql";
}

/** Everything in which a dump's files differ from its manifest, and its manifest from what the release began with. */
export async function verifyPostgresDump(
  storage: DumpStorage,
  { databases }: PostgresManifest,
  changes: readonly CollectionChange[],
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const { database, files, changed, tables } of databases) {
    for (const [below, wanted] of [
      [database, files],
      [`${database}.changed`, changed],
    ] as const)
      problems.push(...(await damaged(storage, below, wanted)));
    for (const { collection, hashBefore } of changes.filter((change) => change.database === database)) {
      const dumped = tables[collection.slice(database.length + 1)]?.hash ?? "";
      if (dumped === hashBefore) continue;
      problems.push({
        where: collection,
        found: `a dump with content hash ${dumped === "" ? "of nothing" : dumped}`,
        allowed: `what the release began with: ${hashBefore}`,
        mend: "find the dump of this very record",
      });
    }
  }
  return problems;
}

async function damaged(
  storage: DumpStorage,
  below: string,
  files: DumpedDatabase["files"],
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const [file, { bytes, sha256 }] of Object.entries(files)) {
    const found = await sumOf(storage, `${below}/${file}`).catch((error: unknown) =>
      error instanceof Error ? error.message : String(error),
    );
    if (found === sha256) continue;
    problems.push({
      where: `${below}/${file}`,
      found: `a file with SHA-256 ${found}`,
      allowed: `${bytes} bytes with SHA-256 ${sha256}`,
      mend: "take the dump again; a damaged one restores nothing that can be trusted",
    });
  }
  return problems;
}
