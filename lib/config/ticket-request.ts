import { policyOf } from "./gates-policy";
import type { StackConfig } from "./stack-config";
import { forgeOf, type TicketRequest } from "./ticket";

/** The ticket that a stack file asks for; undefined where no forge keeps tickets. */
export function ticketRequest(config: StackConfig): TicketRequest | undefined {
  const forge = forgeOf(config);
  if (forge === undefined) return undefined;
  const { ticket, release, gates } = config;
  const { sources } = policyOf(config);
  // The release itself is a tag of the last one; its parts are what the ticket names.
  const parts = sources.length === 1 ? sources : sources.slice(0, -1);
  const lane = ticket?.lane ?? gates.places.ticketLane;
  return {
    forge,
    release,
    versions: Object.fromEntries(parts.map(({ name, tag }) => [name, tag])),
    contains: ticket?.contains ?? [],
    assignees: ticket?.assignees ?? [],
    labels: ticket?.labels ?? [],
    ...(ticket?.board !== undefined && lane !== undefined && { place: { board: ticket.board, lane } }),
  };
}
