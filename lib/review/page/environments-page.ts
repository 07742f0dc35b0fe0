import { bySystem, type EnvironmentHistory, type History } from "../history/history";
import { drift, notInProduction, pending } from "../history/waiting";
import { html, type Html } from "../text/html";
import { page } from "../text/page";
import { age, counted, day, moment } from "../text/words";
import { doraFigures, doraWords } from "./dora-figures";
import { matrix } from "./matrix";
import { releaseTable } from "./release-table";

/** The front page: what runs where, what is on its way, how well it goes; of every system that the repository releases. */
export function environmentsPage(history: History): Html {
  const { commit } = history;
  const systems = bySystem(history.environments);
  return page({
    title: "Environments",
    head: html`<p class="lead">
        ${systems.map(({ system }) => system).join(" and ")}: what runs where, since when, and what is on its
        way.
      </p>
      <p class="quiet">
        As of commit <code>${commit.id.slice(0, 12)}</code>, ${moment(commit.at)} UTC. All times are UTC, all
        lengths of time end with this commit.
      </p>
      ${systems.length > 1 ? html`<nav aria-label="Systems">${systems.map(({ system }, index) => html`${index > 0 ? " · " : ""}<a href="#${anchor(system)}">${system}</a>`)}</nav>` : undefined}`,
    main: html`${broken(history)}${systems.map(({ system, environments }) => systemSection(system, environments, commit.at))}`,
    foot: html`<p>${doraWords}</p>
      <p>Written by Slipway from git alone. No script, nothing loaded from elsewhere.</p>`,
  });
}

function systemSection(system: string, environments: readonly EnvironmentHistory[], asOf: string): Html {
  const releases = environments.reduce((sum, one) => sum + one.releases.length, 0);
  return html`<section aria-labelledby="${anchor(system)}">
    <h2 id="${anchor(system)}">${system}</h2>
    ${matrix(system, environments, asOf)} ${onTheWay(environments, asOf)}
    ${notes("Does not fit", drift(environments))}
    <h3>How it goes</h3>
    ${doraFigures(environments, asOf)}
    <h3>Releases <span class="quiet">${releases}</span></h3>
    ${releaseTable(system, environments)}
  </section> `;
}

/** What was merged and does not run, each with what it waits for; and what runs and did not get to production. */
function onTheWay(environments: readonly EnvironmentHistory[], asOf: string): Html {
  const merged = pending(environments, asOf).map(
    ({ environment, from, to, since, by, waitsFor }) =>
      html`<li>
        <strong>${to}</strong> is merged for ${environment}, which runs ${from ?? "nothing yet"}:
        ${since === undefined ? "" : `${age(since, asOf)}, by ${by ?? "unknown"}. `}It waits for
        ${waitsFor.join("; ")}.
      </li> `,
  );
  const behind = notInProduction(environments).map(
    ({ release, runs }) =>
      html`<li>
        <strong>${release}</strong> runs on
        ${runs.map(({ on, since }) => `${on} since ${day(since)} (${age(since, asOf)})`).join(" and ")}, and
        never in production.
      </li> `,
  );
  const all = [...merged, ...behind];
  return html`<h3>On the way</h3>
    ${
      all.length === 0
        ? html`<p>Nothing: every environment runs what its stack file asks for.</p>`
        : html`<ul>
            ${all}
          </ul>`
    }`;
}

/** What this page could not read is said first: it could be the newest. */
function broken({ environments, unreadable }: History): Html {
  const problems = [
    ...unreadable.map(({ path, found }) => `${path}: ${found}`),
    ...environments.flatMap(({ file, problems: wrong }) =>
      wrong.length === 0
        ? []
        : [`${file} is broken: ${counted(wrong.length, "problem")}, the first at ${wrong[0]?.where ?? ""}`],
    ),
  ];
  return notes("Could not be read", problems);
}

function notes(title: string, lines: readonly string[]): Html {
  if (lines.length === 0) return html``;
  return html`<h3 class="bad">${title}</h3>
    <ul>
      ${lines.map((line) => html`<li>${line}</li> `)}
    </ul> `;
}

function anchor(system: string): string {
  return `system-${system.replaceAll(/[^A-Za-z0-9_-]/g, "-")}`;
}
