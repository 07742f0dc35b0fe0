import { type Problem, Refusal } from "../../problem";
import type { RecordLog } from "../journal/record-log";
import { stepName } from "../journal/record-state";
import type { Canary, CanaryVerdict } from "./canary";
import type { Fence, SavedFence } from "./fence";

/** How long a change of roles or of the block may take to reach every connection. */
const patience = { tries: 40, pauseMs: 250 };

/** A way to close writes that works here, and the state to restore. */
export interface ChosenFence {
  readonly fence: Fence;
  readonly saved: SavedFence["saved"];
}

/**
 * The strongest fence that works here, or the one that the config names. Read-only.
 * @throws Refusal with the reason why each one doesn't.
 */
export async function chooseFence(
  fences: readonly Fence[],
  wanted: SavedFence["how"] | "strongest",
  userGuide: string,
): Promise<ChosenFence> {
  const problems: Problem[] = [];
  for (const fence of fences.filter(({ how }) => wanted === "strongest" || wanted === how)) {
    const probe = await fence.probe();
    if (probe.works) return { fence, saved: probe.saved };
    problems.push({
      where: `data.store.closeWrites: ${fence.how}`,
      found: probe.reason,
      allowed: "a server and a user with which ordinary writers can be kept out",
      mend: `${userGuide} shows the rights; or set another data.store.closeWrites`,
    });
  }
  throw new Refusal("closing writes", problems);
}

/**
 * Closes writes: what was there is on record first, and a canary of an ordinary writer proves both sides (rule N10).
 * @throws Refusal when writes were refused before we closed them (somebody else's block), or are still accepted afterwards.
 */
export async function closeWrites(
  log: RecordLog,
  { fence, saved }: ChosenFence,
  canary: Canary | undefined,
): Promise<void> {
  if (canary) await expect(canary, "accepted", "before writes were closed", 1);
  const proves = canary !== undefined && fence.how !== "scale";
  const intent: SavedFence = { how: fence.how, saved, proved: proves };
  await log.step(stepName.closeWrites, { ...intent }, async () => {
    await fence.close(saved);
    if (proves) await expect(canary, "refused", "after writes were closed", patience.tries);
  });
}

/**
 * Opens writes to exactly the state that was saved, proved by a canary (rule N15).
 * @throws Refusal while that is in doubt.
 */
export async function openWrites(
  log: RecordLog,
  fence: Fence,
  saved: SavedFence,
  canary: Canary | undefined,
): Promise<void> {
  await log.step(stepName.openWrites, { how: saved.how }, async () => {
    await fence.open(saved.saved);
    if (canary) await expect(canary, "accepted", "after writes were opened", patience.tries);
  });
}

async function expect(canary: Canary, wanted: CanaryVerdict, when: string, tries: number): Promise<void> {
  let verdict = await canary.write();
  for (let tried = 1; verdict !== wanted && tried < tries; tried++) {
    await new Promise((resolve) => setTimeout(resolve, patience.pauseMs));
    verdict = await canary.write();
  }
  if (verdict === wanted) return;
  throw new Refusal("canary write", [
    {
      where: `an ordinary writer's write ${when}`,
      found: verdict === "in-doubt" ? "no clear answer" : verdict,
      allowed: wanted,
      mend:
        when === "before writes were closed"
          ? "lift the block that somebody else has set, or give the canary's user the right to write"
          : 'see "Writes are in doubt" in docs/data-bad-night.md',
    },
  ]);
}
