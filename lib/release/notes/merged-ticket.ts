import { issuesNamed, parseVersion, ticketBody, type TicketContent } from "./ticket";

/**
 * A ticket's text brought up to date: the versions that are released and one bullet per contained issue; every other line that
 * people wrote stays (rule F17). Doing it again changes nothing.
 */
export function mergedBody(existing: string, wanted: Omit<TicketContent, "release">): string {
  const { versions, contains } = wanted;
  const wrong = Object.entries(versions).filter(([name, version]) => !says(existing, name, version));
  const named = new Set(issuesNamed(existing));
  const missing = contains.filter(({ number }) => !named.has(number));
  if (wrong.length === 0 && missing.length === 0) return existing;
  if (existing.trim() === "") return ticketBody({ release: "", ...wanted });
  const kept = existing
    .split(/\r\n|\r|\n/)
    .filter((line) => !wrong.some(([name]) => parseVersion(line, name).found !== "none"));
  const [top = "", bullets = ""] = [
    ticketBody({ release: "", versions: Object.fromEntries(wrong), contains: [] }),
    ticketBody({ release: "", versions: {}, contains: missing }),
  ].map((text) => text.trim());
  return [top, kept.join("\n").trim(), bullets].filter((part) => part !== "").join("\n") + "\n";
}

function says(body: string, name: string, version: string): boolean {
  const parsed = parseVersion(body, name);
  return parsed.found === "one" && parsed.version === version;
}
