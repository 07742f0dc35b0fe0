import { canonicalJson, type Json } from "../lib/content-hash";
import type { TicketRequest } from "../lib/config/ticket";
import { forgeOf } from "../lib/release/gates/gather/forges";
import { putReleaseTicket } from "../lib/release/notes/put-ticket";
import { putTicketComment } from "../lib/release/notes/ticket-comment";
import type { Kind, Props } from "./resource-kind";

export interface TicketProps extends Props {
  readonly ticket: TicketRequest;
}

/** The release's ticket: put once per record, and again where the stack file wants it otherwise (rule F17). */
export const releaseTicket: Kind<TicketProps> = {
  async apply(props) {
    const { forge: config, ...wanted } = props.ticket;
    const forge = forgeOf(config, process.env);
    if (forge === undefined) return props;
    const { number, link, title } = await putReleaseTicket(forge, wanted);
    const { versions } = wanted;
    await putTicketComment(forge, number, props.release, { state: "ready", versions });
    console.log(`ticket: ${title}: ${link}`);
    return { ...props, number, link };
  },
  changed(olds, news) {
    const text = ({ ticket }: TicketProps): string => canonicalJson(ticket as unknown as Json);
    return Promise.resolve(olds.recordId !== news.recordId || text(olds) !== text(news));
  },
  read: (props) => Promise.resolve(props),
};
