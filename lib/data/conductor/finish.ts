import type { RecordLog } from "../journal/record-log";
import type { Decision } from "../journal/record-state";
import { parseBeside } from "../names";
import type { ReleaseRecordData } from "../protocol";
import { cleanDigests } from "../store/digests";
import { listAll } from "../store/catalog";
import type { Context } from "./context";
import { closeRecord } from "./record";
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

/** Drops originals of releases older than the last `keep.releases` that changed data, and staging that was left (rule N18). */
export async function clean({ spec, store, journal }: Context, log: RecordLog): Promise<readonly string[]> {
  const all = await listAll(store.db);
  const ours = new Set((await journal.openings()).map(({ token }) => token));
  const beside = all.flatMap(({ name }) => {
    const parsed = parseBeside(name);
    return parsed && ours.has(parsed.token) ? [{ name, ...parsed }] : [];
  });
  const tokens = [...new Set(beside.filter(({ kind }) => kind === "old").map(({ token }) => token))].sort(
    (a, b) => b - a,
  );
  const kept = new Set(tokens.slice(0, spec.keep.releases));
  const drop = beside.filter(({ kind, token }) => kind === "new" || !kept.has(token)).map(({ name }) => name);
  await log.step("clean digests", {}, () => cleanDigests(store.db, [...kept]));
  for (const name of drop) {
    await log.step(`drop ${name}`, {}, () => store.db.dropCollection(name).catch(() => false));
  }
  return drop;
}
