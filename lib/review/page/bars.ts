import { html, type Html } from "../text/html";

/** A part of a bar, from 0 to 1 of its rail. */
export interface BarPart {
  readonly from: number;
  readonly to: number;
  /** `bar` for what changed or ran, `new` for what came, `gone` for what went. */
  readonly as: "bar" | "new" | "gone";
}

const [width, height, thick] = [200, 14, 8] as const;
/** What is there at all is seen. */
const thinnest = 1.5;

/** A small chart for a row of a table. The row's own cells say the same in figures, so it is hidden from a screen reader. */
export function bar(parts: readonly BarPart[]): Html {
  const top = (height - thick) / 2;
  const drawn = parts
    .filter(({ from, to }) => to > from)
    .map(({ from, to, as }) => {
      const wide = Math.max((to - from) * width, thinnest);
      const left = Math.min(from * width, width - wide);
      return html`<rect
        class="${as}"
        x="${fixed(left)}"
        y="${top}"
        width="${fixed(wide)}"
        height="${thick}"
      />`;
    });
  return html`<svg
    viewBox="0 0 ${width} ${height}"
    width="${width}"
    height="${height}"
    aria-hidden="true"
    focusable="false"
  >
    <rect class="rail" x="0" y="${height / 2 - 0.5}" width="${width}" height="1" />
    ${drawn}
  </svg>`;
}

function fixed(number: number): string {
  return String(Math.round(number * 100) / 100);
}
