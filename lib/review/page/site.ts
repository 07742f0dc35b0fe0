import type { History } from "../history/history";
import { environmentsPage } from "./environments-page";
import { releasePath } from "./paths";
import { releasePage } from "./release-page";

/** One file of the site. */
export interface SiteFile {
  /** Relative to the site's folder. */
  readonly path: string;
  readonly text: string;
}

/** The whole site, from one commit's history alone: no clock is read, so that the same commit gives the same bytes. */
export function siteOf(history: History): readonly SiteFile[] {
  return [
    { path: "index.html", text: environmentsPage(history).toString() },
    ...history.environments.flatMap(({ releases }) =>
      releases.map((kept) => ({ path: releasePath(kept), text: releasePage(kept).toString() })),
    ),
  ];
}
