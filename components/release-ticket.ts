import * as pulumi from "@pulumi/pulumi";
import type { ReleaseInputs } from "../lib/config/release-inputs";
import type { StackConfig } from "../lib/config/stack-config";
import type { TicketRequest } from "../lib/config/ticket";
import { ticketRequest } from "../lib/config/ticket-request";
import { Forwarder } from "./forwarder";
import type { ReleaseRecord } from "./release-record";

export interface ReleaseTicketArgs {
  /** The release that it tells of. */
  readonly release: pulumi.Input<ReleaseInputs>;
  /** Record of the release, closed: a release that was taken back leaves no ticket. */
  readonly recordId: pulumi.Input<string>;
  /** Forge, versions, issues, lane and people. The forge's token is read where `pulumi up` runs. */
  readonly ticket: TicketRequest;
}

/** The release's one ticket, created or updated, never twice (rule F17). */
export class ReleaseTicket extends pulumi.dynamic.Resource {
  /** Where people read it. */
  declare public readonly link: pulumi.Output<string>;

  constructor(
    name: string,
    { release, recordId, ticket }: ReleaseTicketArgs,
    opts?: pulumi.CustomResourceOptions,
  ) {
    const known = pulumi.output(release);
    const props = {
      release: known,
      hash: known.apply(({ hash }) => hash),
      secrets: {},
      recordId,
      ticket,
      link: undefined,
    };
    // Tickets are history: a stack that is destroyed leaves them.
    super(
      new Forwarder("release-ticket"),
      name,
      props,
      { ...opts, retainOnDelete: true },
      "slipway",
      "ReleaseTicket",
    );
  }
}

/** The ticket of a stack that asks for one, put when the record is closed. */
export function releaseTicketOf(
  stack: StackConfig,
  release: pulumi.Input<ReleaseInputs>,
  closed: ReleaseRecord,
): ReleaseTicket | undefined {
  const ticket = stack.ticket && ticketRequest(stack);
  if (ticket === undefined) return undefined;
  return new ReleaseTicket("ticket", { release, recordId: closed.record.id, ticket }, { dependsOn: closed });
}
