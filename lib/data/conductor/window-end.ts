import { Refusal } from "../../problem";
import { atClosing } from "../../release/windows/closing";
import type { Context } from "./context";

/**
 * Watches for the end of the window in which the data may be switched (rule F19). Asks the server's clock once, and counts
 * on from there, so that blocks can be stopped without asking again.
 * @returns throws a Refusal once it is over; does nothing where the release has no deadline.
 */
export async function windowEnd({ spec, store }: Pick<Context, "spec" | "store">): Promise<() => void> {
  const { deadline } = spec;
  if (deadline === undefined) return () => undefined;
  const end = Date.parse(deadline);
  if (Number.isNaN(end)) throw notAnInstant(deadline);
  const asked = performance.now();
  const then = (await store.now()).getTime();
  return () => {
    const now = then + performance.now() - asked;
    if (atClosing(false, now, end)) throw tooLate(new Date(now).toISOString(), deadline);
  };
}

function tooLate(now: string, deadline: string): Refusal {
  return new Refusal("window", [
    {
      where: "the latest instant at which the data may be switched",
      found: `${now}, and the data was not switched yet`,
      allowed: `before ${deadline}`,
      mend: "nothing: it was taken back. Start the release again in its next window, with pulumi up",
    },
  ]);
}

function notAnInstant(found: string): Refusal {
  return new Refusal("window", [
    {
      where: "deadline of the release",
      found,
      allowed: "an instant, ISO 8601 with its zone; example: 2026-11-21T18:00:00Z",
      mend: "the window in the stack's config",
    },
  ]);
}
