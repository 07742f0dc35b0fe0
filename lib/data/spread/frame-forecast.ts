import { Refusal } from "../../problem";
import type { ExecutionSpec } from "../execution-spec";
import type { Migration } from "../migrations";
import { readTouchedHint } from "../migrations/touched-hint";
import { mebibytes, migratorNeeds, threadsFor } from "./memory";
import type { Piece } from "./work";

/**
 * What migrators that may ask for the whole database look into, as far as an earlier run of theirs knows, and what that takes.
 * @returns a sentence; nothing where there are none.
 * @throws Refusal when that is more memory than a worker has.
 */
export async function frameForecast(
  chain: readonly Migration[],
  pieces: readonly Piece[],
  { resources }: ExecutionSpec,
): Promise<string | undefined> {
  const names = chain.filter(({ step }) => step.kind === "python").map(({ id }) => id);
  if (names.length === 0) return undefined;
  const who = `migrators of another process (${names.join(", ")})`;
  const touched = await readTouchedHint(chain);
  if (!touched)
    return `${who}: one worker runs them; which collections they look into is known when they have run once`;
  const looked = pieces.filter(({ collection }) => touched.has(collection));
  const documents = looked.reduce((sum, piece) => sum + piece.documents, 0);
  const needed = migratorNeeds(threadsFor(resources.cpu), documents);
  if (needed.mebibytes > mebibytes(resources.memory)) throw tooLarge(who, needed, resources.memory);
  return `${who}: one worker runs them, with ${[...touched].sort().join(", ")} (${documents} documents, ${needed.mebibytes} MiB of memory); the others judge the rest`;
}

function tooLarge(
  who: string,
  { mebibytes: needed, formula }: ReturnType<typeof migratorNeeds>,
  limit: string,
): Refusal {
  return new Refusal("workers", [
    {
      where: "slipway:data.execution.resources.memory",
      found: `${limit}, and ${who} that will take about ${needed} MiB`,
      allowed: `at least ${needed} MiB: ${formula}`,
      mend: "raise it, on a node that has as much; or migrate in TypeScript, which is spread document by document",
    },
  ]);
}
