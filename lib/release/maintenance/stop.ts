import { Refusal } from "../../problem";
import { type EndedIn, endIn } from "./end-in";
import { endedBy, everyTitleOf, type MaintenanceLedger, type OwnMaintenance } from "./ledger";
import { placeOf } from "./look";
import type { MaintainedService } from "./maintained-service";

/** Who ends a maintenance, and how it is said. */
export interface Ending {
  readonly environment: string;
  readonly by: string;
  /** ISO 8601. */
  readonly now: string;
  readonly say: (line: string) => void;
}

/**
 * Ends our own maintenance in every service; foreign ones stay on (rule A18). All services are tried, also when one fails. Doing it
 * again ends what is left, and nothing when nothing is on. One that was ended before and that a way back brought again is ended too.
 * @returns the titles that were ended, by service; none of a service where none was.
 * @throws Refusal with every service in which it is still on; the ledger then knows.
 */
export async function stopMaintenance(
  services: readonly MaintainedService[],
  ledger: MaintenanceLedger,
  { environment, by, now, say }: Ending,
): Promise<readonly EndedIn[]> {
  const own = await ledger.read();
  const titles = everyTitleOf(own);
  if (own === undefined || titles.length === 0) return [];
  const mend = `slipway maintenance stop ${environment}`;
  if (own.state !== "ended") await ledger.write({ ...own, state: "ending" });
  const ended: EndedIn[] = [];
  for (const service of services) {
    const one = await endIn(service, titles, mend);
    for (const title of one.ended) say(`maintenance: ended in ${one.service}: ${title}`);
    ended.push(one);
  }
  const problems = [...ended.flatMap((one) => one.problems), ...forgotten(own, services, mend)];
  if (problems.length > 0) throw new Refusal("maintenance is not ended everywhere", problems);
  if (own.state !== "ended") await ledger.write(endedBy(own, by, now));
  return ended.filter((one) => one.ended.length > 0);
}

/** A service that was taken out of the stack file meanwhile would stay closed for ever. */
function forgotten(
  { services: told }: OwnMaintenance,
  services: readonly MaintainedService[],
  mend: string,
): Refusal["problems"] {
  const known = new Set(services.map(({ name }) => name));
  return told
    .filter((name) => !known.has(name))
    .map((name) => ({
      where: placeOf({ name }),
      found: "no service of this name any more, but it was put under maintenance",
      allowed: "every service that was",
      mend: `put ${name} back, then: ${mend}`,
    }));
}
