import type { Problem } from "../../problem";
import { lookAt, onIn, placeOf, reason } from "./look";
import type { MaintainedService } from "./maintained-service";

/** What became of ending our maintenance in one service. */
export interface EndedIn {
  readonly service: string;
  /** Titles that were ended; none where none was on, which is no error (rule A18). */
  readonly ended: readonly string[];
  readonly problems: readonly Problem[];
}

/**
 * Ends our own maintenance in one service, and looks whether it is gone and nothing else is (rule A18). Where the service's stop
 * ends all that is on, it is run only when ours alone is on.
 * @param titles those that are ours.
 * @param mend the command that ends it later.
 */
export async function endIn(
  service: MaintainedService,
  titles: readonly string[],
  mend: string,
): Promise<EndedIn> {
  const name = service.name;
  const problem = (found: string, allowed: string, how = mend): EndedIn => ({
    service: name,
    ended: [],
    problems: [{ where: placeOf(service), found, allowed, mend: how }],
  });
  const before = await lookAt(service);
  if (before.kind === "unknown") return problem(before.why, "a list of what is on");
  const on = onIn({ service, look: before }).map(({ title }) => title);
  const own = [...new Set(on.filter((title) => titles.includes(title)))];
  const foreign = on.filter((title) => !titles.includes(title));
  if (own.length === 0) return { service: name, ended: [], problems: [] };
  if (service.stops === "all" && foreign.length > 0) {
    return problem(
      `${quotedList(foreign)}, which is not ours, and a stop that ends all`,
      "ours alone, or a stop with {title}",
      `when that one is over: ${mend}`,
    );
  }
  const failures: string[] = [];
  for (const title of service.stops === "all" ? own.slice(0, 1) : own) {
    await service.stop(title).catch((error: unknown) => failures.push(reason(error)));
  }
  const after = await lookAt(service);
  if (after.kind === "unknown") return problem(after.why, "a list of what is on");
  const left = onIn({ service, look: after }).map(({ title }) => title);
  const still = own.filter((title) => left.includes(title));
  const lost = foreign.filter((title) => !left.includes(title));
  return {
    service: name,
    ended: own.filter((title) => !still.includes(title)),
    problems: [
      ...(still.length === 0
        ? []
        : problem(
            `${quotedList(still)} is still on${failures.length > 0 ? ` (${failures.join("; ")})` : ""}`,
            "ended",
          ).problems),
      ...(lost.length === 0
        ? []
        : problem(
            `${quotedList(lost)}, which is not ours, is no longer on`,
            "a stop that ends {title} alone",
            `start it again in ${name}, and correct the stop command`,
          ).problems),
    ],
  };
}

function quotedList(titles: readonly string[]): string {
  return titles.map((title) => JSON.stringify(title)).join(", ");
}
