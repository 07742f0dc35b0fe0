import type { DateTime } from "luxon";

/** Monday to Friday, but not the holidays (dates as `2026-11-26`, in the window's zone). */
export function isWorkingDay(day: DateTime, holidays: readonly string[]): boolean {
  return day.weekday <= 5 && !holidays.includes(day.toFormat("yyyy-MM-dd"));
}

/**
 * The moment `days` working days before `moment`, at the same time of day in its zone (rule A2).
 * Example: two working days before a Monday 9:00 is the Thursday before, 9:00.
 */
export function workingDaysBefore(
  moment: DateTime<true>,
  days: number,
  holidays: readonly string[],
): DateTime<true> {
  let day = moment;
  for (let left = days; left > 0;) {
    day = day.minus({ days: 1 });
    if (isWorkingDay(day, holidays)) left -= 1;
  }
  return day;
}
