import { html, Html } from "./html";
import { style } from "./style";

export interface PageParts {
  readonly title: string;
  /** Under the title, above everything else. */
  readonly head: Html;
  readonly main: Html;
  /** Links to where one came from. */
  readonly way?: Html;
  readonly foot?: Html;
}

/** A whole page: no script, and nothing that is fetched from elsewhere, which its own policy forbids. */
export function page({ title, head, main, way, foot }: PageParts): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="data:," />
        <title>${title}</title>
        <style>
          ${Html.own(style)}
        </style>
      </head>
      <body>
        <a class="skip" href="#main">Skip to content</a>
        <header>
          ${way === undefined ? undefined : html`<nav aria-label="Where this page is">${way}</nav> `}
          <h1>${title}</h1>
          ${head}
        </header>
        <main id="main" tabindex="-1">${main}</main>
        <footer>
          ${foot ?? html`<p>Written by Slipway from git alone. No script, nothing loaded from elsewhere.</p>`}
        </footer>
      </body>
    </html> `;
}
