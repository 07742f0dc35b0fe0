import { canonicalJson, type Json } from "../lib/content-hash";
import type { ReleaseInputs } from "../lib/config/release-inputs";
import type { TicketRequest } from "../lib/config/ticket";
import { forgeOf } from "../lib/release/gates/gather/forges";
import { putReleaseTicket } from "../lib/release/notes/put-ticket";
import { putTicketComment } from "../lib/release/notes/ticket-comment";

export interface TicketProps {
  readonly release: ReleaseInputs;
  readonly hash: string;
  readonly secrets: Readonly<Record<string, string>>;
  readonly recordId?: string;
  readonly ticket: TicketRequest;
}

/** The release's ticket: put once per record, and again where the stack file wants it otherwise (rule F17). */
export const releaseTicket = {
  async apply(props: TicketProps): Promise<object> {
    const { forge: config, ...wanted } = props.ticket;
    const forge = forgeOf(config, process.env);
    if (forge === undefined) return props;
    const { number, link, title } = await putReleaseTicket(forge, wanted);
    const { versions } = wanted;
    await putTicketComment(forge, number, props.release, { state: "ready", versions });
    console.log(`ticket: ${title}: ${link}`);
    return { ...props, number, link };
  },
  changed(olds: TicketProps, news: TicketProps): Promise<boolean> {
    const text = ({ ticket }: TicketProps): string => canonicalJson(ticket as unknown as Json);
    return Promise.resolve(olds.recordId !== news.recordId || text(olds) !== text(news));
  },
  read: (props: TicketProps): Promise<object> => Promise.resolve(props),
};
