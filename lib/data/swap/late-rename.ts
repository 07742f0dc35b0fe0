import type { DataStore } from "../conductor/data-store";
import type { RecordLog } from "../journal/record-log";
import { parseBeside } from "../names";

const renameStep = /^rename (?<from>.+) to (?<to>.+)$/;

/**
 * An owner that fell silent between a rename's intent and the rename itself may still send it when it wakes up, after the
 * release was taken back: the live collection would step aside. An empty collection under the name that the rename leads to
 * makes the server refuse it. The next release cleans it away.
 */
export async function barLateRename(store: DataStore, log: RecordLog): Promise<void> {
  if (store.atomicRenames) return;
  const done = new Set(
    log.entries.filter(({ kind }) => kind === "done").map(({ step, token }) => `${token} ${step}`),
  );
  const pending = log.entries.filter(
    ({ kind, step, token }) => kind === "intent" && token < log.token && !done.has(`${token} ${step}`),
  );
  const present = await store.present();
  for (const { step } of pending) {
    const to = renameStep.exec(step)?.groups?.["to"];
    if (to === undefined || present.has(to) || parseBeside(to) === undefined) continue;
    await log.step(`bar ${to}`, {}, () => store.bar(to));
  }
}
