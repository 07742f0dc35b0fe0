/** What a release's page on the forge says (rules N3, F18). */
export interface ReleaseText {
  readonly title: string;
  readonly notes: string;
}

/** F18: the notes of a stack release, in the form that its readers know. */
export function stackReleaseText(
  tag: string,
  parts: { readonly backend: string; readonly frontend: string },
  ticket: number | undefined,
): ReleaseText {
  const of = ticket === undefined ? "" : ` (ticket #${ticket})`;
  return {
    title: tag,
    notes: `Stack release using backend ${parts.backend} and frontend ${parts.frontend}${of}.`,
  };
}

/** F18: the subject of the commit that changes the pins. */
export function pinCommitSubject(parts: { readonly backend: string; readonly frontend: string }): string {
  return `build: Use of b/e ${parts.backend} f/e ${parts.frontend}`;
}

/** N3: the title defaults to the tag; the notes are the changelog's section, or the given summary. */
export function releaseText(tag: string, summary: readonly string[], title?: string): ReleaseText {
  const wanted = title?.trim() ?? "";
  return { title: wanted === "" ? tag : wanted, notes: summary.join("\n").trim() };
}
