import type { RecordLog } from "../journal/record-log";
import { type Decision, RecordState } from "../journal/record-state";
import { parseBeside } from "../names";
import type { ReleaseRecordData } from "../protocol";
import type { Context } from "./context";
import { closeRecord } from "./record";
import { removeOldDumps } from "./old-dumps";
import { openAgain } from "./open-again";

/** The release is confirmed: writes open, originals that nobody goes back to are dropped, the record is closed. */
export async function finish(
  context: Context,
  log: RecordLog,
  decision: Decision,
): Promise<ReleaseRecordData> {
  context.reporter.stage("re-open", "opens writes");
  await openAgain(context, log);
  context.reporter.stage("clean", `keeps the originals of ${context.spec.keep.releases} releases`);
  await clean(context, log);
  return closeRecord(context, log, decision);
}

/**
 * Drops originals of releases older than the last `keep.releases` that changed data, and staging that was left (rule N18); and
 * removes dumps that nobody keeps.
 * @returns what is gone, for people.
 */
export async function clean(context: Context, log: RecordLog): Promise<readonly string[]> {
  const { spec, store, journal } = context;
  const tokens = new Map((await journal.openings()).map(({ token, record }) => [token, record]));
  const beside = [...(await store.present()).keys()].flatMap((name) => {
    const parsed = parseBeside(name);
    return parsed && tokens.has(parsed.token) ? [{ name, ...parsed }] : [];
  });
  const standing: number[] = [];
  for (const token of new Set(beside.filter(({ kind }) => kind === "old").map((one) => one.token))) {
    const state = RecordState.from(await journal.ofRecord(tokens.get(token) ?? ""));
    if (state?.inPlace && !state.unswapped) standing.push(token);
  }
  const kept = new Set(standing.sort((x, y) => y - x).slice(0, spec.keep.releases));
  const drop: string[] = [];
  for (const { name, kind, token } of beside) {
    // What stands under a record that was taken back holds no original: it only bars a late rename.
    const bar = kind === "old" && !standing.includes(token);
    if (bar && !(await store.isEmpty(name))) continue;
    if (bar || kind === "new" || !kept.has(token)) drop.push(name);
  }
  await log.step("clean digests", {}, () => store.forget([...kept]));
  for (const name of drop) {
    await log.step(`drop ${name}`, {}, () => store.drop(name));
  }
  const dumps = await removeOldDumps(context, log);
  return [...drop, ...dumps.map((record) => `the dump of ${record}`)];
}
