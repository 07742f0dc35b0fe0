import type { DateTime } from "luxon";
import type { Stretch } from "./window";

/** One entry of a calendar. */
export interface CalendarEntry extends Stretch {
  /** Stays the same when the entry is written again, so that a calendar changes it and adds none. */
  readonly uid: string;
  readonly summary: string;
  readonly description: string;
  readonly url?: string | undefined;
  /** Goes up with every change of the entry. */
  readonly sequence: number;
  readonly status: "TENTATIVE" | "CONFIRMED" | "CANCELLED";
}

/** An `.ics` file (RFC 5545) for the maintenance calendar (rule A3). Times are in UTC, so that it needs no zone definitions. */
export function calendar(entries: readonly CalendarEntry[], stamp: DateTime<true>): string {
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Slipway//Releases//EN",
    "CALSCALE:GREGORIAN",
    "METHOD:PUBLISH",
    ...entries.flatMap((entry) => event(entry, stamp)),
    "END:VCALENDAR",
  ];
  return lines.map((line) => `${fold(line)}\r\n`).join("");
}

function event(entry: CalendarEntry, stamp: DateTime<true>): readonly string[] {
  return [
    "BEGIN:VEVENT",
    `UID:${escape(entry.uid)}`,
    `DTSTAMP:${utc(stamp)}`,
    `SEQUENCE:${entry.sequence}`,
    `DTSTART:${utc(entry.start)}`,
    `DTEND:${utc(entry.end)}`,
    `SUMMARY:${escape(entry.summary)}`,
    `DESCRIPTION:${escape(entry.description)}`,
    ...(entry.url === undefined ? [] : [`URL:${new URL(entry.url).href}`]),
    `STATUS:${entry.status}`,
    "TRANSP:TRANSPARENT",
    "END:VEVENT",
  ];
}

function utc(time: DateTime<true>): string {
  return time.toUTC().toFormat("yyyyMMdd'T'HHmmss'Z'");
}

function escape(text: string): string {
  return (
    text
      .replaceAll("\\", "\\\\")
      .replaceAll(";", "\\;")
      .replaceAll(",", "\\,")
      .replaceAll(/\r\n|\r|\n/g, "\\n")
      // Other control characters have no place in a text value.
      .replaceAll(/\p{Cc}/gu, "")
  );
}

/** At most 75 octets a line, without its break; what follows starts with a space. Never cuts a character in two. */
function fold(line: string): string {
  const lines: string[] = [];
  let current = "";
  for (const character of line) {
    if (Buffer.byteLength(current + character) > 75) {
      lines.push(current);
      current = " ";
    }
    current += character;
  }
  return [...lines, current].join("\r\n");
}
