import { quoted } from "../release/references/quoted";
import { type Finding, unjudged } from "./finding";
import { isLoopback } from "./http";

/** Why a forge gave no answer that can be used. */
export interface ForgeFault {
  /** Undefined when it was not reached at all. */
  readonly status?: number | undefined;
  readonly says: string;
  /** It answers, but not to us, for now. */
  readonly limited: boolean;
  readonly retryAfter?: string | undefined;
}

/** A fault as a finding: never a verdict on what was asked for. */
export function faultFinding(forge: string, token: string, what: string, fault: ForgeFault): Finding<never> {
  const where = `${forge}: ${what}`;
  const says = `${fault.status ?? "no answer"} (${quoted(fault.says)})`;
  if (fault.limited) {
    const wait = fault.retryAfter === undefined ? "" : `, for another ${quoted(fault.retryAfter)} s`;
    const mend = `try again later, or set ${token}: its limit is higher`;
    return unjudged(
      { where, found: `no more questions are taken${wait}: ${says}`, allowed: "an answer", mend },
      true,
    );
  }
  if (fault.status === 401 || fault.status === 403 || fault.status === 404) {
    const mend = `set ${token} to a token that may see this repository`;
    return unjudged({ where, found: says, allowed: "a repository that the token may see", mend });
  }
  const pending = fault.status !== undefined && fault.status >= 500;
  return unjudged(
    { where, found: says, allowed: "an answer", mend: "check the network, and try again later" },
    pending,
  );
}

/**
 * The fetch that forge clients are given: https only (but for this machine), bounded in time, and JSON or nothing, so that a log-in
 * page is not taken for an answer.
 */
export function forgeFetch(seconds: number): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, { ...init, signal: AbortSignal.timeout(seconds * 1000) });
    const { protocol, host } = new URL(request.url);
    if (protocol !== "https:" && !isLoopback(host))
      throw new Error(`${protocol}//${host} is not asked: https only`);
    const response = await fetch(request);
    const type = response.headers.get("content-type") ?? "nothing";
    if (response.ok && response.status !== 204 && !/\bjson\b/.test(type)) {
      throw new Error(`the answer is of type ${type}, not JSON`);
    }
    return response;
  };
}
