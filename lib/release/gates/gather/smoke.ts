import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { contradicted, type Finding, found } from "../../../evidence/finding";
import { atomically } from "../../promotion/atomic-file";
import type { SmokeRecord } from "../facts";

const smokeSchema = z.strictObject({
  commit: z.string().regex(/^[0-9a-f]{40,64}$/),
  command: z.string(),
  outcome: z.enum(["success", "failure"]),
  cleanTree: z.boolean(),
  at: z.iso.datetime({ offset: true }),
  by: z.string(),
});

/** One file per commit; the last test of it counts. */
function smokePath(commit: string): string {
  return join("releases", ".smoke", `${commit}.json`);
}

/** N1: a local smoke test of exactly this commit; undefined where none is on record. */
export async function readSmoke(project: string, commit: string): Promise<Finding<SmokeRecord | undefined>> {
  const where = smokePath(commit);
  const evidence = {
    what: `no smoke test of ${commit.slice(0, 8)}`,
    where,
    when: new Date().toISOString(),
    by: "slipway smoke",
  };
  let text: string;
  try {
    text = await readFile(join(project, where), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return found(undefined, evidence);
    throw error;
  }
  try {
    const record = smokeSchema.parse(JSON.parse(text));
    if (record.commit === commit)
      return found(record, { what: `smoke test: ${record.outcome}`, where, when: record.at, by: record.by });
  } catch {
    // Falls through: what cannot be read says nothing, and is named.
  }
  return contradicted(
    {
      where,
      found: "no record of a smoke test of this commit",
      allowed: "what `slipway smoke` wrote",
      mend: "slipway smoke",
    },
    evidence,
  );
}

export async function writeSmoke(project: string, record: SmokeRecord): Promise<string> {
  const path = smokePath(record.commit);
  await atomically(join(project, path), `${JSON.stringify(record, undefined, 2)}\n`);
  return path;
}
