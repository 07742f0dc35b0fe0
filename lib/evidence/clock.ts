import { type Finding, found, unjudged } from "./finding";
import { askHttp } from "./http";

/**
 * What time it is elsewhere, to a second: a server's `Date`. Windows, soak times and approvals are judged by this machine's clock,
 * so a second one must agree with it.
 * @param address of a server that is asked anyway. Example: `https://api.github.com`, `http://127.0.0.1:5000/v2/`.
 */
export async function serverClock(address: string, seconds = 10): Promise<Finding<string>> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const outcome =
    url === undefined
      ? ({ ended: "failed", says: "no address" } as const)
      : await askHttp({ method: "HEAD", address: url, headers: {}, seconds, mostBytes: 1024 * 1024 });
  const where = url?.host ?? "second clock";
  const date = outcome.ended === "answer" ? Date.parse(outcome.headers.get("date") ?? "") : Number.NaN;
  if (!Number.isNaN(date)) {
    const now = new Date(date).toISOString();
    return found(now, { what: `${where} says that it is ${now}`, where: address, when: now, by: where });
  }
  const says = outcome.ended === "failed" ? outcome.says : `${where} does not say what time it is`;
  return unjudged({
    where,
    found: says,
    allowed: "a server that says what time it is",
    mend: "check the network",
  });
}
