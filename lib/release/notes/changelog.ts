import { Refusal } from "../../problem";

/** One section of a changelog: what stands under one second-level heading. */
export interface ChangelogSection {
  /** `Unreleased` or a tag. */
  readonly name: string;
  /** Target of the heading's link, where it is one. */
  readonly link?: string | undefined;
  /** What follows the name: ` - 2022-02-14`. */
  readonly date?: string | undefined;
  /** The heading's place in the file, from 0. */
  readonly line: number;
  /** The lines beneath, without blank ones at either end. */
  readonly body: readonly string[];
}

export interface Changelog {
  /** The lines before the first section. */
  readonly head: readonly string[];
  /** Newest first. */
  readonly sections: readonly ChangelogSection[];
}

const heading = /^##\s+\[?([^\]\s([]+)\]?(?:\(([^)\s]*)\))?(?:\s*-\s*(\S+))?\s*$/;

/** Reads a changelog as Atmosphere and Keep a Changelog write it (rule A8). Fenced code is text, also where it looks like a heading. */
export function parseChangelog(text: string): Changelog {
  const head: string[] = [];
  const sections: (Omit<ChangelogSection, "body"> & { body: string[] })[] = [];
  let fenced = false;
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    if (/^\s*(```|~~~)/.test(line)) fenced = !fenced;
    const match = fenced ? null : heading.exec(line);
    const name = match?.[1];
    if (name === undefined) (sections.at(-1)?.body ?? head).push(line);
    else sections.push({ name, link: match?.[2], date: match?.[3], line: index, body: [] });
  }
  return {
    head: trimmed(head),
    sections: sections.map((section) => ({ ...section, body: trimmed(section.body) })),
  };
}

function trimmed(lines: readonly string[]): readonly string[] {
  const filled = lines.map((line) => line.trim() !== "");
  return lines.slice(Math.max(0, filled.indexOf(true)), filled.lastIndexOf(true) + 1);
}

/** The entries of a section: everything that is neither blank, nor a heading, nor a template's comment. */
export function entries(section: ChangelogSection): readonly string[] {
  return section.body.filter((line) => line.trim() !== "" && !/^\s*(#{3,}|<!--)/.test(line));
}

/** Placeholders of a template that nobody filled in. Example: `<for soon-to-be removed features>`. */
export function placeholders(section: ChangelogSection): readonly string[] {
  return section.body.filter((line) => /<for [^>]*>/i.test(line));
}

/**
 * Cuts a release: what stands under `Unreleased` moves under the release's name, date and compare link, and an empty
 * `Unreleased` that compares with it is left (rules A6, A8, N3). Every other line stays as it is.
 * @param address the repository's address. Example: `https://github.com/cyverse/atmosphere`.
 * @throws Refusal when there is nothing to release, the release is there already, or placeholders are left.
 */
export function cutRelease(
  text: string,
  release: string,
  date: string,
  address: string,
  file: string,
): string {
  const { sections } = parseChangelog(text);
  const refusal = (found: string, allowed: string): Refusal =>
    new Refusal("changelog", [{ where: file, found, allowed, mend: `edit ${file}` }]);
  const unreleased = sections.find(({ name }) => isUnreleased(name));
  const earlier = sections.filter(({ name }) => !isUnreleased(name));
  if (unreleased === undefined)
    throw refusal("no section Unreleased", "`## [Unreleased]` with what is released");
  if (earlier.some(({ name }) => name === release))
    throw refusal(`a section ${release}`, "a release that has none yet");
  if (entries(unreleased).length === 0) {
    throw refusal("nothing under Unreleased", 'at least one entry, even "No changes for users"');
  }
  const left = placeholders(unreleased);
  if (left.length > 0)
    throw refusal(left.map((line) => line.trim()).join(", "), "no placeholders of the template");
  const before = earlier[0]?.name;
  const link =
    before === undefined ? `${address}/releases/tag/${release}` : `${address}/compare/${before}...${release}`;
  const open = `## [${unreleased.name}](${address}/compare/${release}...HEAD)${unreleased.date === undefined ? "" : ` - ${unreleased.date}`}`;
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const lines = text.split(/\r\n|\r|\n/);
  return [
    ...lines.slice(0, unreleased.line),
    open,
    "",
    `## [${release}](${link}) - ${date}`,
    ...lines.slice(unreleased.line + 1),
  ].join(end);
}

export function isUnreleased(name: string): boolean {
  return name.toLowerCase() === "unreleased";
}
