import { stages } from "../../data/protocol";
import type { KeptRelease } from "../history/kept-release";
import { row as gateRow } from "../diff/compose-gates";
import { dataTable, inline } from "../text/document-html";
import { html, type Html } from "../text/html";
import { page } from "../text/page";
import { count, counted, moment, short, span } from "../text/words";
import { bar } from "./bars";
import { outcomeClass, outcomeWord } from "./outcome";

/** One release: what it changed, what let it through, what became of the data, how long it took, and what proves it. */
export function releasePage(kept: KeptRelease): Html {
  const { record } = kept;
  return page({
    title: `${record.release} on ${record.environment}`,
    way: html`<a href="../../index.html">Environments</a> › ${record.system} › ${record.environment}`,
    head: html`${edited(kept)}
      <p class="lead">${lead(kept)}</p>
      <p class="quiet">
        ${moment(record.openedAt)}${record.closedAt === undefined ? "" : ` to ${moment(record.closedAt)}`}
        UTC, by ${record.operator}
      </p>`,
    main: html`${changes(kept)}${data(kept)}${gates(kept)}${durations(kept)}${proof(kept)}`,
  });
}

function edited({ seal }: KeptRelease): Html {
  return seal === "edited"
    ? html`<p class="bad">
        <strong>This record was edited:</strong> its checksum does not fit. Nothing below is proven.
      </p>`
    : html``;
}

function lead({ record, lane }: KeptRelease): Html {
  const { outcome, reason, closedFor, closedAt, openedAt } = record;
  const took = closedAt === undefined ? "" : ` after ${span(Date.parse(closedAt) - Date.parse(openedAt))}`;
  const closed = closedFor === undefined ? "" : `; writes were closed for ${span(closedFor)}`;
  const way =
    lane.kind === "normal"
      ? ""
      : ` A ${lane.kind}${"reason" in lane ? `: ${lane.reason} (${lane.by})` : ""}.`;
  const word = outcomeWord(outcome);
  return html`<span class="${outcomeClass(outcome)}">${word.slice(0, 1).toUpperCase()}${word.slice(1)}</span
    >${took}${closed}.${reason === undefined ? "" : ` ${reason}.`}${way}`;
}

function changes({ record, commits }: KeptRelease): Html {
  const pin = (reference: string | undefined): Html => {
    if (reference === undefined) return html`–`;
    const [, tag = reference, digest] = /:([^:@/]+)(?:@(sha256:[0-9a-f]+))?$/.exec(reference) ?? [];
    return html`${tag}${digest === undefined ? undefined : html`<small><code>${short(digest)}</code></small>`}`;
  };
  const { schema } = record;
  const rows = [
    ...record.images.map(({ name, from, to }) => {
      const commit = commits[name];
      return [
        html`${name}`,
        pin(from),
        html`<strong>${pin(to)}</strong>`,
        html`${commit === undefined ? "–" : html`<code>${commit.slice(0, 12)}</code>`}`,
      ];
    }),
    [
      html`${schema.package || "schema"}`,
      html`${schema.from}`,
      html`<strong>${schema.to}</strong>`,
      html`${schema.from === schema.to ? "unchanged" : "migrated"}`,
    ],
  ];
  return html`<h2>What changed</h2>
    ${dataTable(["What", "Before", "After", "Commit"], rows)}`;
}

function data({ record: { collections } }: KeptRelease): Html {
  const touched = collections.filter(({ added, changed, removed }) => added + changed + removed > 0);
  const total = collections.reduce((sum, { documentsAfter }) => sum + documentsAfter, 0);
  if (touched.length === 0)
    return html`<h2>Data</h2>
      <p>No document changed${total === 0 ? "" : `, of ${count(total)}`}.</p> `;
  const head = ["Collection", "Documents", "Changed", "Added", "Removed", "Share of the collection"];
  const rows = touched.map(({ collection, documentsBefore, documentsAfter, changed, added, removed }) => {
    const whole = Math.max(documentsBefore, documentsAfter, 1);
    const share = (from: number, size: number) => ({
      from: from / whole,
      to: Math.min(1, (from + size) / whole),
    });
    const chart = bar([
      { ...share(0, changed), as: "bar" },
      { ...share(changed, added), as: "new" },
      { ...share(changed + added, removed), as: "gone" },
    ]);
    return [
      html`<code>${collection}</code>`,
      ...[documentsAfter, changed, added, removed].map((number) => html`${count(number)}`),
      chart,
    ];
  });
  return html`<h2>Data</h2>
    <p>
      ${counted(touched.length, "collection")} of ${count(collections.length)} touched; every document was
      valid in the new schema before it was put in place.
    </p>
    ${dataTable(head, rows)}`;
}

function gates({ gates: all }: KeptRelease): Html {
  if (all.length === 0)
    return html`<h2>Gates</h2>
      <p>No report was kept with this record.</p> `;
  return html`<h2>Gates</h2>
    ${dataTable(
      ["Gate", "", "Evidence"],
      all.map((gate) => gateRow(gate).map(inline)),
    )}`;
}

/** Stages one after the other, each where it lay in the whole. */
function durations({ record: { durations: took } }: KeptRelease): Html {
  const known = stages.flatMap((stage) => {
    const time = took[stage];
    return time === undefined ? [] : [{ stage, time }];
  });
  const total = known.reduce((sum, { time }) => sum + time, 0);
  if (total === 0)
    return html`<h2>Durations</h2>
      <p>None were kept with this record.</p> `;
  let begun = 0;
  const rows = known.map(({ stage, time }) => {
    const from = begun;
    begun += time;
    return [
      html`${stage}`,
      html`<span class="nowrap">${span(time)}</span>`,
      bar([{ from: from / total, to: begun / total, as: "bar" }]),
    ];
  });
  return html`<h2>Durations</h2>
    <p>${span(total)} in ${counted(known.length, "stage")}.</p>
    ${dataTable(["Stage", "Took", "When in the release"], rows)}`;
}

const seals = {
  whole: "its checksum fits: it is as it was written",
  none: "it has no checksum (an older form): it cannot be shown to be as it was written",
  edited: "its checksum does not fit: it was edited",
} as const;

function proof({ record, path, seal }: KeptRelease): Html {
  return html`<h2>Proof</h2>
    <dl class="facts">
      <dt>Record</dt>
      <dd><code>${path}</code><br />${seals[seal]}</dd>
      <dt>Release hash</dt>
      <dd><code>${record.hash}</code></dd>
      <dt>Look again</dt>
      <dd>
        <code>slipway record ${record.environment} --verify</code><br /><code
          >slipway data verify &lt;dumps&gt;/${record.id}/proof.json</code
        >
      </dd>
    </dl> `;
}
