import { type Dora, dora } from "../history/dora";
import type { EnvironmentHistory } from "../history/history";
import { html, type Html } from "../text/html";
import { counted, span } from "../text/words";

/** DORA's figures of each production environment, with what each was counted over. */
export function doraFigures(environments: readonly EnvironmentHistory[], asOf: string): Html {
  const production = environments.filter(({ wanted }) => wanted?.config.grade === "production");
  const counted = production.map((one) => dora(one, environments, asOf)).filter(({ tried }) => tried > 0);
  if (counted.length === 0) return html`<p>Nothing was released to production yet.</p>`;
  return html`${counted.map(figures)}`;
}

/** What the figures mean, once for all. */
export const doraWords =
  "“How it goes” has DORA’s figures, counted from the records alone. A failure is a release that failed, took itself back, or was followed by a hot-fix, an emergency or a way back; it is over when a release stands again. Lead time is from a version’s first release on any environment. Rework is the share of hot-fixes and emergencies.";

function figures({
  environment,
  tried,
  released,
  days,
  perWeek,
  leadTime,
  failed,
  recovery,
  rework,
}: Dora): Html {
  const time = (value: number | undefined): string => (value === undefined ? "–" : span(value));
  const items = [
    [
      "Releases a week",
      perWeek === undefined ? "–" : perWeek.toFixed(1),
      `${released} in ${counted(Math.max(1, Math.round(days)), "day")}`,
    ],
    ["Lead time", time(leadTime), `to ${environment}, median`],
    ["Failed", percent(failed), `of ${tried} tried`],
    ["Recovery", time(recovery), "median"],
    ["Rework", percent(rework), `of ${released} released`],
  ] as const;
  return html`<dl class="figures" aria-label="DORA figures of ${environment}">
    ${items.map(
      ([name, value, note]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}<small>${note}</small></dd>
        </div> `,
    )}
  </dl> `;
}

function percent(share: number | undefined): string {
  return share === undefined ? "–" : `${Math.round(share * 100)} %`;
}
