import type { DateTime } from "luxon";

/** What was installed in one environment (rule H18). */
export interface Installed {
  /** Example: `Core`. */
  readonly service: string;
  /** Example: `0ec3e066`, or the whole image. */
  readonly version: string;
  readonly notes: readonly string[];
}

/** Where the entry goes; development environments keep no changelog. */
export function environmentChangelogFile(
  grade: "development" | "staging" | "production",
): string | undefined {
  return grade === "development" ? undefined : `${grade}/changelog.md`;
}

/**
 * Adds what was installed to an environment's changelog, newest day first (rule H18): `## 24 May 2023`, then `- <Service> <version>`
 * and indented notes. The same entry a second time changes nothing.
 */
export function addInstalled(text: string, at: DateTime, installed: readonly Installed[]): string {
  const day = at.setLocale("en-GB").toFormat("d LLLL yyyy");
  const lines = installed.flatMap(({ service, version, notes }) => [
    `- ${service} ${version}`,
    ...notes.map((note) => `  - ${note.replaceAll(/\s+/g, " ").trim()}`),
  ]);
  const parts = text.split(/^(?=## )/m);
  const head = parts[0]?.startsWith("## ") === true ? "" : (parts.shift() ?? "");
  const today = parts.find((part) => part.split("\n")[0]?.trim() === `## ${day}`);
  if (today === undefined)
    return [head, `## ${day}\n${lines.join("\n")}\n${parts.length === 0 ? "" : "\n"}`, ...parts].join("");
  const known = today.split("\n");
  const fresh = installed.filter(({ service, version }) => !known.includes(`- ${service} ${version}`));
  if (fresh.length === 0) return text;
  const added = addInstalled("", at, fresh)
    .split("\n")
    .slice(1)
    .filter((line) => line !== "");
  const [title = "", ...rest] = known;
  return [head, ...parts.map((part) => (part === today ? [title, ...added, ...rest].join("\n") : part))].join(
    "",
  );
}
