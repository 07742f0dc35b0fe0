import type { Json } from "../../content-hash";
import { atClosing } from "../../release/windows/closing";
import { isAlive, Lock } from "../journal/lock";
import { thisOwner } from "../journal/owner";
import { JournalMoved } from "../journal/journal";
import { RecordLog } from "../journal/record-log";
import { type Decision, type Opened, RecordState } from "../journal/record-state";
import type { CollectionChange, ReleaseRecordData } from "../protocol";
import type { Context } from "./context";
import { leaveProof } from "./proof";

/** Takes the database's lock. @throws Refusal that says who holds it. */
export function takeLock({ spec, store, options }: Context): Promise<Lock> {
  return Lock.acquire(store.ledger, () => store.now(), thisOwner(spec.operator, spec.release), options.lease);
}

/** Opens a record: from here on the release is on record whatever happens (rule N17). */
export async function openRecord(
  { journal, options }: Context,
  lock: Lock,
  opened: Opened,
): Promise<RecordLog> {
  const id = `${opened.environment}-${opened.release}-${lock.token}`;
  const log = new RecordLog(journal, lock, id, options.boundary, await journal.head(), []);
  await log.append("opened", "", opened as unknown as Json);
  return log;
}

/** Goes on with a record that a dead owner left, under a lock of our own. */
export async function takeOver(
  { journal, options, spec }: Context,
  lock: Lock,
  record: RecordState,
): Promise<RecordLog> {
  const entries = await journal.newestRecord();
  const log = new RecordLog(journal, lock, record.id, options.boundary, entries.at(-1), entries);
  await log.append("taken-over", "", { operator: spec.operator });
  return log;
}

/** What the journal says about the record in hand. */
export function stateOf(log: RecordLog): RecordState {
  const state = RecordState.from(log.entries);
  if (!state) throw new Error(`record ${log.record} has no opening`);
  return state;
}

/** The newest record, when it was not closed. */
export async function openRecordState({ journal }: Context): Promise<RecordState | undefined> {
  const state = RecordState.from(await journal.newestRecord());
  return state?.closed ? undefined : state;
}

/** Whether somebody works on it now, as far as can be known from here. */
export async function ownerAlive({ store }: Context): Promise<boolean> {
  return isAlive(await store.ledger.lock.read(), await store.now());
}

/**
 * Decides what becomes of a record, unless that is decided already: of two that decide at once, exactly one gets through.
 * Needs no lock, so that any machine can confirm.
 * @returns the decision that holds.
 */
export async function decide(
  { journal, options }: Context,
  record: RecordState,
  decision: Decision,
): Promise<Decision> {
  for (;;) {
    const entries = await journal.newestRecord();
    const now = RecordState.from(entries);
    if (now?.id !== record.id) throw new Error(`record ${record.id} is not the newest any more`);
    if (now.decision) return now.decision;
    try {
      const said = { kind: "decided", record: record.id, token: record.token, step: "" } as const;
      await journal.append(entries.at(-1), { ...said, detail: { ...decision } });
      await options.boundary(`decided ${decision.outcome}`);
      return decision;
    } catch (error) {
      if (!(error instanceof JournalMoved)) throw error;
    }
  }
}

/** Closes the record and says so. */
export async function closeRecord(
  context: Context,
  log: RecordLog,
  decision: Decision,
): Promise<ReleaseRecordData> {
  const { store, reporter } = context;
  const closedAt = (await store.now()).toISOString();
  const record = recordData(stateOf(log), reporter.durations, { ...decision, closedAt });
  await log.append("closed", "", record as unknown as Json);
  await leaveProof(context, log, record);
  reporter.say({ event: "closed", record });
  return record;
}

/** The record as people and machines read it. */
export function recordData(
  state: RecordState,
  durations: ReleaseRecordData["durations"],
  end: {
    readonly outcome: ReleaseRecordData["outcome"];
    readonly reason?: string;
    readonly closedAt?: string;
  },
): ReleaseRecordData {
  const { system, environment, release, hash, operator, schema, images, migrations, guardian } = state.opened;
  const { from, to = end.closedAt } = state.closedBetween;
  const collections: readonly CollectionChange[] = state.swap?.collections ?? [];
  const about = { id: state.id, system, environment, release, hash, operator, openedAt: state.openedAt };
  const closedFor =
    from !== undefined && to !== undefined ? { closedFor: Date.parse(to) - Date.parse(from) } : {};
  const late = overran(state, end.outcome, end.closedAt);
  const guarded = guardian === undefined ? {} : { guardian };
  const what = { schema, images, migrations, collections, durations };
  return { ...about, ...end, ...what, ...closedFor, ...late, ...guarded };
}

/** What was switched in time goes on to its end; the record says for how long past its window (rule F19). */
function overran(
  { opened: { deadline } }: RecordState,
  outcome: ReleaseRecordData["outcome"],
  closedAt: string | undefined,
): Pick<ReleaseRecordData, "overranMinutes"> {
  if (deadline === undefined || closedAt === undefined || outcome !== "released") return {};
  const late = atClosing(true, Date.parse(closedAt), Date.parse(deadline));
  return late?.do === "finish" ? { overranMinutes: late.overranMinutes } : {};
}
