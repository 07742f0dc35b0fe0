import { type Finding, found, unjudged } from "../../../evidence/finding";
import { askHttp } from "../../../evidence/http";

/** W3: the time that a server's answer carries; any answer will do, also a refusal. */
export async function secondClock(address: string | undefined): Promise<Finding<string>> {
  const mend = "name a server that can be reached: slipway:gates.clock";
  if (address === undefined)
    return unjudged({
      where: "second clock",
      found: "no server is named",
      allowed: "a server whose clock is right",
      mend,
    });
  const url = new URL(address);
  const answer = await askHttp({ method: "HEAD", address: url, headers: {}, seconds: 10, mostBytes: 0 });
  const date = answer.ended === "answer" ? answer.headers.get("date") : null;
  const time = date === null ? Number.NaN : Date.parse(date);
  if (Number.isNaN(time)) {
    const why = answer.ended === "failed" ? answer.says : "an answer without a date";
    return unjudged({ where: url.host, found: why, allowed: "an answer with its date", mend });
  }
  const iso = new Date(time).toISOString();
  return found(iso, { what: `${url.host} has ${iso}`, where: url.host, when: iso, by: url.host });
}
