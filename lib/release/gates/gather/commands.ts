import { exec } from "node:child_process";
import { z } from "zod";
import { contradicted, type Finding, found, unjudged } from "../../../evidence/finding";
import { nowhere } from "./request";

const moment = z.iso.datetime({ offset: true });
const patience = 60_000;
const mostBytes = 16 * 1024 * 1024;

/** What the commands of `slipway:gates.evidence` must print. */
export const told = {
  backups: z.array(
    z.strictObject({
      store: z.string(),
      name: z.string(),
      at: moment,
      bytes: z.number().int().min(0),
      hash: z.string(),
      restored: z
        .strictObject({ at: moment, counts: z.record(z.string(), z.number().int().min(0)) })
        .optional(),
    }),
  ),
  rehearsal: z.strictObject({ copiedAt: moment, freshVolume: z.boolean() }).nullable(),
  pending: z.array(z.strictObject({ id: z.string(), order: z.string(), author: z.string() })),
  maintenance: z.array(z.strictObject({ service: z.string(), title: z.string(), since: moment })),
};

interface Told {
  readonly ended: "well" | "badly";
  readonly output: string;
}

/** Runs a command of the config in the project's folder; its output is evidence, so it is bounded in time and size. */
export function run(command: string, folder: string): Promise<Told> {
  return new Promise((resolve) => {
    const child = exec(command, { cwd: folder, timeout: patience, maxBuffer: mostBytes }, (error, stdout) => {
      resolve({ ended: error === null ? "well" : "badly", output: stdout });
    });
    child.stdin?.end();
  });
}

/** A fact that a command of the stack file tells as JSON. Its output is never shown: it may hold what it should not. */
export async function commandFact<T>(
  name: string,
  command: string | undefined,
  form: z.ZodType<T>,
  folder: string,
): Promise<Finding<T>> {
  const where = `slipway:gates.evidence.${name}`;
  if (command === undefined) return nowhere(name, `name a command that prints them: ${where}`);
  const { ended, output } = await run(command, folder);
  if (ended === "badly")
    return unjudged({
      where,
      found: "the command failed",
      allowed: "JSON on standard output, exit code 0",
      mend: `run it by hand: ${command}`,
    });
  const result = form.safeParse(json(output));
  if (result.success)
    return found(result.data, {
      what: `told by ${command}`,
      where,
      when: new Date().toISOString(),
      by: "command",
    });
  const issue = result.error.issues[0];
  return unjudged({
    where,
    found: `${issue?.path.join(".") ?? ""} ${issue?.message ?? "no JSON"}`.trim(),
    allowed: "JSON of the form that the config's description gives",
    mend: `mend the command: ${command}`,
  });
}

/** N4: published when the command says so. */
export async function publishedFact(command: string, folder: string): Promise<Finding<string>> {
  const where = "slipway:gates.evidence.published";
  const { ended, output } = await run(command, folder);
  const evidence = {
    what: ended === "well" ? `published: ${output.trim().slice(0, 200)}` : "not published",
    where,
    when: new Date().toISOString(),
    by: "command",
  };
  if (ended === "well") return found(output.trim(), evidence);
  return contradicted(
    { where, found: "not published", allowed: "a published package", mend: `publish it, then: ${command}` },
    evidence,
  );
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
