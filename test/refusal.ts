import assert from "node:assert/strict";
import { Refusal } from "../lib/problem";

/** The refusal that a call throws; a call that does anything else fails the test. */
export function refusalBy(call: () => unknown): Refusal {
  try {
    call();
  } catch (error) {
    return asRefusal(error);
  }
  return assert.fail("nothing was refused");
}

/** The refusal that something under way ends with. */
export async function refusalOf(action: Promise<unknown>): Promise<Refusal> {
  return action.then(() => assert.fail("nothing was refused"), asRefusal);
}

function asRefusal(error: unknown): Refusal {
  assert.ok(error instanceof Refusal, String(error));
  return error;
}
