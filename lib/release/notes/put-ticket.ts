import type { TicketRequest } from "../../config/ticket";
import type { Finding } from "../../evidence/finding";
import type { Forge, Ticket } from "../../evidence/forge";
import { Refusal } from "../../problem";
import { mergedBody } from "./merged-ticket";
import { issuesNamed, ticketTitle } from "./ticket";

/**
 * Creates the release's ticket, or brings the one with its title up to date: versions, bullets, assignees, lane (rule F17). What
 * people added stays; doing it again writes nothing.
 * @throws Refusal when two tickets have its title, an issue that it is to name does not exist, or the forge refuses.
 */
export async function putReleaseTicket(
  forge: Forge,
  { release, versions, contains, assignees, labels, place }: Omit<TicketRequest, "forge">,
): Promise<Ticket> {
  const title = ticketTitle(release);
  const existing = known(await forge.ticketTitled(title), "ticket");
  const body = existing?.body ?? "";
  const named = new Set(issuesNamed(body));
  const asked = await Promise.all(
    contains
      .filter((number) => !named.has(number))
      .map(async (number) => ({ number, issue: await forge.ticket(number) })),
  );
  const problems = asked.flatMap(({ issue }) => (issue.finding === "found" ? [] : [issue.problem]));
  if (problems.length > 0) throw new Refusal("issues of the release", problems);
  const summaries = asked.map(({ number, issue }) => ({ number, summary: known(issue, "issue").title }));
  const merged = mergedBody(body, { versions, contains: summaries });
  const put = known(await forge.putTicket({ title, body: merged, assignees, labels }), "ticket");
  if (place === undefined) return put;
  return known(await forge.moveTicket(put.number, place.board, place.lane), "ticket's lane");
}

function known<T>(finding: Finding<T>, subject: string): T {
  if (finding.finding !== "found") throw new Refusal(subject, [finding.problem]);
  return finding.value;
}
