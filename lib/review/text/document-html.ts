import { type Block, type Inline, isAddress } from "./document";
import { type Html, html } from "./html";

/** A document as HTML. */
export function documentHtml(blocks: readonly Block[]): Html {
  return html`${blocks.map(block)}`;
}

function block(one: Block): Html {
  switch (one.block) {
    case "heading":
      return heading(one.level, inline(one.text));
    case "paragraph":
      return html`<p>${inline(one.text)}</p> `;
    case "list":
      return html`<ul>
        ${one.items.map((item) => html`<li>${inline(item)}</li> `)}
      </ul> `;
    case "table":
      return dataTable(
        one.head,
        one.rows.map((cells) => cells.map(inline)),
      );
    case "folded":
      return html`<details>
        <summary>${inline(one.summary)}</summary>
        ${documentHtml(one.content)}
      </details> `;
  }
}

function heading(level: 2 | 3 | 4, text: Html): Html {
  switch (level) {
    case 2:
      return html`<h2>${text}</h2> `;
    case 3:
      return html`<h3>${text}</h3> `;
    case 4:
      return html`<h4>${text}</h4> `;
  }
}

/** A table that can be scrolled by itself, by keyboard too; the first cell of a row names it. */
export function dataTable(
  head: readonly string[],
  rows: readonly (readonly Html[])[],
  label = head.join(", "),
): Html {
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">
    <table>
      <thead>
        <tr>
          ${head.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([first, ...cells]) =>
            html`<tr>
              <th scope="row">${first}</th>
              ${cells.map((cell) => html`<td>${cell}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div> `;
}

export function inline(text: Inline): Html {
  if (typeof text === "string") return html`${text}`;
  if ("code" in text) return html`<code>${text.code}</code>`;
  if ("strong" in text) return html`<strong>${inline(text.strong)}</strong>`;
  if ("quiet" in text) return html`<span class="quiet">${inline(text.quiet)}</span>`;
  if ("link" in text)
    return isAddress(text.link) ? html`<a href="${text.link}">${inline(text.text)}</a>` : inline(text.text);
  return html`${text.map(inline)}`;
}
