import type { Comment, Forge } from "../../evidence/forge";
import { Refusal } from "../../problem";
import { quoted } from "../references/quoted";
import { ticketTitle } from "./ticket";

/** A release, as far as a comment under its ticket tells of it. */
export interface Commented {
  readonly system: string;
  readonly environment: string;
  readonly release: string;
}

/** What became of the release. */
export type Became =
  | { readonly state: "ready"; readonly versions: Readonly<Record<string, string>> }
  | { readonly state: "failed"; readonly reason: string };

/** First line of the one comment that each environment has under a release's ticket. */
export function ticketMarker({ environment }: Pick<Commented, "environment">): string {
  return `<!-- slipway: release to ${environment} -->`;
}

/** F17: the comment's text. Example: `Stack release **2026.02.1** is ready in production (backend 2026.07.1).` */
export function ticketComment(of: Commented, became: Became): string {
  const release = `${of.system} release **${of.release}**`;
  if (became.state === "failed") {
    const reason = quoted(became.reason.split("\n")[0] ?? "").replaceAll("`", "'");
    return `${ticketMarker(of)}\n${release} FAILED in ${of.environment}, and was not released: \`${reason}\`\n`;
  }
  const parts = Object.entries(became.versions).map(([name, version]) => `${name} ${version}`);
  const made = parts.length === 0 ? "" : ` (${parts.join(", ")})`;
  return `${ticketMarker(of)}\n${release} is ready in ${of.environment}${made}.\n`;
}

/** F17: says under a release's ticket what became of it: one comment per environment, created or updated. @throws Refusal where the forge does not take it. */
export async function putTicketComment(
  forge: Forge,
  number: number,
  of: Commented,
  became: Became,
): Promise<Comment> {
  const put = await forge.putTicketComment(number, ticketMarker(of), ticketComment(of, became));
  if (put.finding === "found") return put.value;
  throw new Refusal("comment under the ticket", [put.problem]);
}

/** F17: the same where there is a ticket already; a release that failed makes none. @throws Refusal where the forge does not answer. */
export async function commentWhereTicketed(
  forge: Forge,
  of: Commented,
  became: Became,
): Promise<Comment | undefined> {
  const ticket = await forge.ticketTitled(ticketTitle(of.release));
  if (ticket.finding !== "found") throw new Refusal("ticket", [ticket.problem]);
  return ticket.value && putTicketComment(forge, ticket.value.number, of, became);
}
