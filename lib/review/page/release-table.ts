import { type EnvironmentHistory, newestFirst, waysBack } from "../history/history";
import type { KeptRelease } from "../history/kept-release";
import { html, type Html } from "../text/html";
import { count, counted, moment, span } from "../text/words";
import { releaseLink } from "./paths";
import { outcomeClass, outcomeWord } from "./outcome";

/** So many are shown at once; a reader opens the rest. */
const shown = 20;

/** Every release of a system, newest first, each with its own page. */
export function releaseTable(system: string, environments: readonly EnvironmentHistory[]): Html {
  const all = environments.flatMap(({ releases }) => releases).sort(newestFirst);
  if (all.length === 0) return html`<p>None yet.</p>`;
  const earlier = all.slice(shown);
  const back = new Set(environments.flatMap((one) => [...waysBack(one)]));
  return html`${table(`Releases of ${system}`, all.slice(0, shown), back)}${
    earlier.length === 0
      ? undefined
      : html`<details>
          <summary>${counted(earlier.length, "earlier release")}</summary>
          ${table(`Earlier releases of ${system}`, earlier, back)}
        </details> `
  }`;
}

const head = ["Release", "On", "When", "By", "Outcome", "Documents", "Took"];

function table(label: string, releases: readonly KeptRelease[], back: ReadonlySet<KeptRelease>): Html {
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">
    <table>
      <thead>
        <tr>
          ${head.map((name) => html`<th scope="col" ${name === "Documents" || name === "Took" ? html` class="number"` : undefined}>${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${releases.map((kept) => row(kept, back))}
      </tbody>
    </table>
  </div> `;
}

function row(kept: KeptRelease, back: ReadonlySet<KeptRelease>): Html {
  const { record, lane, seal } = kept;
  const touched = record.collections.reduce(
    (sum, { added, changed, removed }) => sum + added + changed + removed,
    0,
  );
  const took =
    record.closedAt === undefined ? "–" : span(Date.parse(record.closedAt) - Date.parse(record.openedAt));
  return html`<tr>
    <th scope="row"><a href="${releaseLink(kept)}">${record.release}</a></th>
    <td>${record.environment}</td>
    <td class="nowrap">${moment(record.openedAt)}</td>
    <td>${record.operator}</td>
    <td>
      <span class="${outcomeClass(record.outcome)}">${outcomeWord(record.outcome)}</span
      >${[...(lane.kind === "normal" ? [] : [lane.kind]), ...(back.has(kept) ? ["way back"] : [])].map((word) => `, ${word}`).join("")}${seal === "edited" ? html` <strong class="bad">edited</strong>` : undefined}
    </td>
    <td class="number">${touched === 0 ? "–" : count(touched)}</td>
    <td class="number nowrap">${took}</td>
  </tr> `;
}
