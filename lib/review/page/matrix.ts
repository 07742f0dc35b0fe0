import { type EnvironmentHistory, isApplied, running, runningSince } from "../history/history";
import type { KeptRelease } from "../history/kept-release";
import { html, type Html } from "../text/html";
import { age, day, moment, short } from "../text/words";
import { releaseLink } from "./paths";

/** Environments against images: the version and the bytes, since when and by whom, and whether it was found good. On a phone a card each. */
export function matrix(system: string, environments: readonly EnvironmentHistory[], asOf: string): Html {
  const images = [...new Set(environments.flatMap(imagesOf))];
  const head = ["Environment", ...images, "Schema", "Since", "State"];
  return html`<div
    class="scroll"
    role="region"
    aria-label="What runs on the environments of ${system}"
    tabindex="0"
  >
    <table class="cards" role="table" aria-label="Environments of ${system}">
      <thead role="rowgroup">
        <tr role="row">
          ${head.map((name) => html`<th scope="col" role="columnheader">${name}</th>`)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${environments.map((environment) => row(environment, images, asOf))}
      </tbody>
    </table>
  </div> `;
}

function imagesOf({ wanted, releases }: EnvironmentHistory): readonly string[] {
  return wanted === undefined
    ? (releases[0]?.record.images.map(({ name }) => name) ?? [])
    : Object.keys(wanted.config.images);
}

function row(environment: EnvironmentHistory, images: readonly string[], asOf: string): Html {
  const now = running(environment);
  const grade = environment.wanted?.config.grade ?? "stack file is gone";
  const cell = (label: string, content: Html): Html =>
    html`<td role="cell" data-label="${label}">${content}</td>`;
  return html`<tr role="row">
    <th scope="row" role="rowheader"><strong>${environment.name}</strong><small>${grade}</small></th>
    ${images.map((name) =>
      cell(name, image(now, name)),
    )}${cell("Schema", html`${now?.record.schema.to ?? "–"}`)}${cell("Since", since(environment, now, asOf))}${cell("State", state(environment, now))}
  </tr> `;
}

function image(now: KeptRelease | undefined, name: string): Html {
  const to = now?.record.images.find((one) => one.name === name)?.to;
  if (to === undefined) return html`–`;
  const [, tag = to, digest] = /:([^:@/]+)(?:@(sha256:[0-9a-f]+))?$/.exec(to) ?? [];
  return html`<strong>${tag}</strong
    >${digest === undefined ? undefined : html`<small><code>${short(digest)}</code></small>`}`;
}

function since(environment: EnvironmentHistory, now: KeptRelease | undefined, asOf: string): Html {
  const from = runningSince(environment);
  if (now === undefined || from === undefined) return html`–`;
  return html`<span class="nowrap">${moment(from)}</span
    ><small>${age(from, asOf)}, by ${now.record.operator}</small>`;
}

/** Healthy is what its own verification said when it was released: nothing here looks at it now, and so says when. */
function state(environment: EnvironmentHistory, now: KeptRelease | undefined): Html {
  const last = environment.releases[0];
  const link = (kept: KeptRelease, text: string): Html => html`<a href="${releaseLink(kept)}">${text}</a>`;
  const parts: Html[] = [];
  if (environment.problems.length > 0) parts.push(html`<span class="state bad">stack file broken</span>`);
  if (now === undefined) parts.push(html`<span class="state">nothing released yet</span>`);
  else if (now.lane.kind === "emergency")
    parts.push(html`<span class="state bad">untracked: ${link(now, "emergency release")}</span>`);
  else
    parts.push(
      html`<span class="state">healthy</span
        ><small>${link(now, "verified")} ${day(now.record.closedAt ?? now.record.openedAt)}</small>`,
    );
  if (last !== undefined && last !== now && last.record.outcome !== "released")
    parts.push(
      html`<small class="bad"
        >${link(last, last.record.release)} ${last.record.outcome.replace("-", " ")}</small
      >`,
    );
  if (!isApplied(environment) && environment.wanted !== undefined)
    parts.push(html`<small class="warn">${environment.wanted.config.release} is merged and waits</small>`);
  return html`${parts}`;
}
