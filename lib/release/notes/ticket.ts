import { quoted } from "../references/quoted";

/** The release as its ticket tells it (rule F17). */
export interface TicketContent {
  readonly release: string;
  /** What it is made of. Example: `Backend: 2026.07.1`. */
  readonly versions: Readonly<Record<string, string>>;
  /** One bullet per contained ticket: its number and a summary. */
  readonly contains: readonly { readonly number: number; readonly summary: string }[];
}

/** The ticket's title; also its idempotence key: there is one ticket with this title, created once and updated ever after. */
export function ticketTitle(release: string): string {
  return `Release ${release}`;
}

export function ticketBody({ versions, contains }: TicketContent): string {
  const made = Object.entries(versions).map(([name, version]) => `${capital(name)}: ${version}`);
  const bullets = contains.map(({ number, summary }) => `- #${number} ${oneLine(summary)}`.trimEnd());
  return [...made, "", ...bullets, ""].join("\n");
}

/** A version that a ticket names, or why it is not clear which it is. */
export type Parsed =
  | { readonly found: "one"; readonly version: string }
  | { readonly found: "none" }
  | { readonly found: "several"; readonly versions: readonly string[] };

/**
 * Reads one component's version from a ticket's text: a line `Backend: 2026.07.1`, in any case, also as a bullet or in bold.
 * Never guesses: two different versions are two, and a version without its name is none.
 */
export function parseVersion(body: string, component: string): Parsed {
  const name = component.toLowerCase();
  const versions = new Set(
    body.split(/\r\n|\r|\n/).flatMap((line) => {
      const plain = line
        .replaceAll(/[*_`]/g, "")
        .trim()
        .replace(/^[-+]\s+/, "");
      const colon = plain.indexOf(":");
      if (colon === -1 || plain.slice(0, colon).trim().toLowerCase() !== name) return [];
      const version = plain.slice(colon + 1).trim();
      return version === "" ? [] : [version];
    }),
  );
  const [first, ...others] = versions;
  if (first === undefined) return { found: "none" };
  return others.length === 0
    ? { found: "one", version: first }
    : { found: "several", versions: [first, ...others] };
}

/** The issues that a ticket names as `#123`, each once, in their order; not those of other repositories, nor anchors in links. */
export function issuesNamed(body: string): readonly number[] {
  const numbers = [...body.matchAll(/(?<![\w/#&])#([1-9][0-9]{0,8})(?![\w])/g)].map((match) =>
    Number(match[1]),
  );
  return [...new Set(numbers)];
}

/** What a parsed version is, in words, for a message. */
export function said(parsed: Parsed): string {
  switch (parsed.found) {
    case "one":
      return quoted(parsed.version);
    case "none":
      return "no version";
    case "several":
      return parsed.versions.map((version) => quoted(version)).join(" and ");
  }
}

function capital(name: string): string {
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}

/** A line break in a summary would end the bullet and could begin anything. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
