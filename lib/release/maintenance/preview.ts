import { type OwnMaintenance, titlesOf } from "./ledger";
import { lookAtAll, onIn, reason } from "./look";
import type { MaintainedService } from "./maintained-service";
import type { Notice } from "./notice";

/** What a start would do, as lines for people: nothing is changed for it, and nothing is refused (rules A12, X2). */
export async function previewOf(
  services: readonly MaintainedService[],
  own: OwnMaintenance | undefined,
  notice: Notice,
): Promise<readonly string[]> {
  const looked = await lookAtAll(services);
  const ours = [notice.title, ...titlesOf(own)];
  const names = services.map(({ name }) => name).join(", ");
  const lines = [`maintenance: would be on in ${names}: ${notice.title}: ${notice.message}`];
  for (const one of looked) {
    const { name } = one.service;
    if (one.look.kind !== "there") lines.push(`maintenance: ${name}: ${one.look.why}`);
    for (const { title } of onIn(one))
      lines.push(
        `maintenance: ${name}: on now: ${title}${ours.includes(title) ? "" : " (not ours: it stays)"}`,
      );
    const tried = await one.service.tryStart(notice).catch((error: unknown) => reason(error));
    if (tried !== undefined) lines.push(`maintenance: ${name}: ${tried}`);
  }
  return lines;
}
