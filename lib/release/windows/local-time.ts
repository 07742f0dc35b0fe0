import { DateTime, IANAZone } from "luxon";
import { Refusal } from "../../problem";

const form = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;

/** A time zone by its IANA name; an abbreviation such as `MST` or `CST` means several, so it is refused. */
export function zoneOf(text: string, where: string): string {
  if ((IANAZone.isValidZone(text) && text.includes("/")) || text === "UTC") return text;
  throw new Refusal("time zone", [
    {
      where,
      found: JSON.stringify(text.slice(0, 80)),
      allowed: "UTC, or an IANA name such as America/Phoenix (Arizona's MST, the whole year)",
      mend: `write the zone's IANA name in ${where}`,
    },
  ]);
}

/**
 * The moment that a clock on the wall in `zone` shows `text`.
 * @param text `2026-11-21T09:00`, without offset: the zone gives it.
 * @throws Refusal for a time that the change to or from summer time skips, or shows twice: neither names one moment.
 */
export function localTime(text: string, zone: string, where: string): DateTime<true> {
  const refusal = (found: string, allowed: string): Refusal =>
    new Refusal("time", [{ where, found, allowed, mend: `write another time in ${where}` }]);
  const time = form.test(text) ? DateTime.fromISO(text, { zone }) : DateTime.invalid("form");
  if (!time.isValid)
    throw refusal(JSON.stringify(text.slice(0, 80)), "a real date and time as 2026-11-21T09:00");
  if (time.toFormat("yyyy-MM-dd'T'HH:mm") !== text) {
    throw refusal(`${text}, which ${zone} skips when summer time begins`, "a time that the clock shows once");
  }
  if (time.getPossibleOffsets().length > 1) {
    throw refusal(
      `${text}, which ${zone} shows twice when summer time ends`,
      "a time that the clock shows once",
    );
  }
  return time;
}
