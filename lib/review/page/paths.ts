import type { KeptRelease } from "../history/kept-release";

/** Where a release's page lies in the site: where its record lies in the repository. */
export function releasePath({ path }: Pick<KeptRelease, "path">): string {
  return path.replace(/\.json$/, ".html");
}

/** The same as an address, from the front page. */
export function releaseLink(kept: Pick<KeptRelease, "path">): string {
  return releasePath(kept).split("/").map(encodeURIComponent).join("/");
}
