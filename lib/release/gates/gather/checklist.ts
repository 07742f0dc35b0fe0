import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type Finding, found, unjudged } from "../../../evidence/finding";
import { atomically } from "../../promotion/atomic-file";
import { checklistItems, type Done } from "../../windows/timeline";

const doneSchema = z.array(
  z.strictObject({
    item: z.enum(checklistItems),
    at: z.iso.datetime({ offset: true }),
    by: z.string().min(1),
    evidence: z.string().min(1),
  }),
);

function checklistPath(environment: string, release: string): string {
  return join("releases", environment, "checklist", `${release.replaceAll(/[^A-Za-z0-9._-]/g, "-")}.json`);
}

/** What was done for one release in one environment (rules A1 to A6); nothing where there is no file yet. */
export async function readDone(
  project: string,
  environment: string,
  release: string,
): Promise<Finding<readonly Done[]>> {
  const where = checklistPath(environment, release);
  const evidence = { what: "checklist", where, when: new Date().toISOString(), by: "slipway done" };
  let text: string;
  try {
    text = await readFile(join(project, where), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return found([], evidence);
    throw error;
  }
  try {
    return found(doneSchema.parse(JSON.parse(text)), evidence);
  } catch {
    return unjudged({
      where,
      found: "no checklist",
      allowed: "what `slipway done` wrote",
      mend: `restore ${where} from git`,
    });
  }
}

/** Adds what was done; saying the same again changes nothing. @returns the file. */
export async function writeDone(
  project: string,
  environment: string,
  release: string,
  done: Done,
): Promise<string> {
  const path = checklistPath(environment, release);
  const before = await readDone(project, environment, release);
  const earlier = before.finding === "found" ? before.value : [];
  const known = earlier.some(
    ({ item, by, evidence }) => item === done.item && by === done.by && evidence === done.evidence,
  );
  if (!known) await atomically(join(project, path), `${JSON.stringify([...earlier, done], undefined, 2)}\n`);
  return path;
}
