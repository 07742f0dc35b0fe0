import { documentHtml } from "../text/document-html";
import { page } from "../text/page";
import { html, type Html } from "../text/html";
import { moment } from "../text/words";
import { compose } from "./compose";
import type { ReleaseDiff } from "./release-diff";

/** A release diff as one page that needs nothing but itself, with all detail. */
export function diffPage(diff: ReleaseDiff): Html {
  const names = diff.environments.map(({ environment }) => environment);
  const title = names.length === 0 ? "No environment is touched" : `Release on ${names.join(", ")}`;
  const { head } = diff;
  return page({
    title,
    head: html`<p class="lead">${head.subject}</p>
      <p class="quiet">
        Commit <code>${head.id.slice(0, 12)}</code> by ${head.author}, ${moment(head.at)} UTC
      </p>`,
    main: documentHtml(compose(diff, Number.POSITIVE_INFINITY)),
  });
}
