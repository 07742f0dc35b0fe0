import { RecordState } from "../journal/record-state";
import { Refusal } from "../../problem";
import type { ReleaseRecordData } from "../protocol";
import type { Context } from "./context";
import { conclude, toldAgain } from "./conclude";
import { decide } from "./record";
import { standingRecord } from "./standing";

/**
 * Says in the journal that the roll-out is verified, and waits until writes are open and the record is closed; does that
 * itself when the owner is dead. To confirm twice is to confirm once.
 * @throws Refusal when there is nothing to confirm, or when the release was taken back before.
 */
export async function confirm(context: Context): Promise<ReleaseRecordData> {
  // It stands, though a later one may have been tried and taken back since: Pulumi's state can know that one's record (rule X3).
  const standing = await standingRecord(context);
  if (standing) return toldAgain(context, standing);
  const state = await recordToConfirm(context);
  if (state.closed) return toldAgain(context, state.closed);
  if (!state.inPlace) throw refusal(context, `a release that is not in place yet (${state.stage})`);
  await decide(context, state, { outcome: "released", reason: `confirmed by ${context.spec.operator}` });
  const record = await conclude(context, state, "its owner died");
  if (record) return record;
  throw refusal(context, "another record that was opened meanwhile");
}

async function recordToConfirm(context: Context): Promise<RecordState> {
  const state = RecordState.from(await context.journal.newestRecord());
  if (!state) throw refusal(context, "no release in the journal");
  if (state.opened.hash !== context.spec.hash)
    throw refusal(context, `release ${state.opened.release} with another content`);
  return state;
}

function refusal({ spec }: Context, found: string): Refusal {
  return new Refusal("confirmation", [
    {
      where: `release ${spec.release} (${spec.hash})`,
      found,
      allowed: "this very release, in place and not yet decided",
      mend: "slipway data status, then: pulumi up",
    },
  ]);
}
