import type { Deployment, Pin } from "../gates/deployment";

/** One image that is not the one that was verified. */
export interface Difference {
  readonly name: string;
  readonly found: string;
  readonly allowed: string;
}

/**
 * Compares pins with what was verified in another environment (rules F15, H8): the same bytes, by digest. Where an image is
 * built again per environment, its commit decides, when both name one.
 */
export function compareWith(running: Deployment, pins: readonly Pin[]): readonly Difference[] {
  const missing = running.pins.filter(({ name }) => !pins.some((pin) => pin.name === name));
  return [
    ...pins.flatMap((pin) => {
      const there = running.pins.find(({ name }) => name === pin.name);
      if (there === undefined) {
        return [
          {
            name: pin.name,
            found: `${pin.name} ${pin.tag}`,
            allowed: `what runs in ${running.environment}: no ${pin.name}`,
          },
        ];
      }
      if (pin.digest !== undefined && there.digest === pin.digest) return [];
      if (there.digest === undefined && sameCommit(there, pin)) return [];
      return [
        {
          name: pin.name,
          found: `${pin.name} ${shown(pin)}`,
          allowed: `${shown(there)}, as verified in ${running.environment}`,
        },
      ];
    }),
    ...missing.map((there) => ({
      name: there.name,
      found: `no ${there.name}`,
      allowed: `${shown(there)}, as verified in ${running.environment}`,
    })),
  ];
}

/** Short and long ids of one commit are the same commit. */
function sameCommit(a: Pin, b: Pin): boolean {
  if (a.commit === undefined || b.commit === undefined) return false;
  return a.commit.startsWith(b.commit) || b.commit.startsWith(a.commit);
}

function shown(pin: Pin): string {
  return `${pin.tag} (${pin.digest?.slice(0, 19) ?? `commit ${pin.commit?.slice(0, 8) ?? "unknown"}`})`;
}

/** Since when an environment has run this release without another between: a second deployment of the same does not start anew. */
export function occupiedSince(deployments: readonly Deployment[], running: Deployment): string {
  const earlier = deployments
    .filter((one) => one.environment === running.environment && one.outcome === "released")
    .filter((one) => Date.parse(one.at) <= Date.parse(running.at))
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  const change = earlier.findIndex((one) => one.hash !== running.hash);
  return (change === -1 ? earlier : earlier.slice(0, change)).at(-1)?.at ?? running.at;
}

/** How long a release has run since then, in hours, and how much of its soak time is left. A clock that is behind gives 0. */
export function soak(
  since: string,
  hours: number,
  now: string,
): { readonly ran: number; readonly hoursLeft: number } {
  const ran = Math.max(0, (Date.parse(now) - Date.parse(since)) / 3_600_000);
  return { ran, hoursLeft: hours - ran };
}
