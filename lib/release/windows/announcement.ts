import type { Stretch } from "./window";

/** Longest title that the services' maintenance records hold, in characters (rule A12). */
const longestTitle = 256;

export interface Announcement {
  readonly title: string;
  readonly message: string;
}

/**
 * The title and message of a maintenance, the same in every service (rule A12).
 * Example: `2019-06-16 v36-1 deployment`, `Atmosphere is down for a Scheduled Maintenance, Today between 9am - 4pm MST.`
 */
export function announcement(system: string, tag: string, window: Stretch): Announcement {
  const { start, end } = window;
  const title = `${start.toFormat("yyyy-MM-dd")} ${tag} deployment`.slice(0, longestTitle);
  const until = start.hasSame(end, "day")
    ? timeOfDay(end)
    : `${end.toFormat("yyyy-MM-dd")} ${timeOfDay(end)}`;
  const span = `${timeOfDay(start)} - ${until} ${start.toFormat("ZZZZ")}`;
  return { title, message: `${system} is down for a Scheduled Maintenance, Today between ${span}.` };
}

/** `9am`, `4pm`, `9:30am`. */
function timeOfDay(time: Stretch["start"]): string {
  return time
    .setLocale("en-US")
    .toFormat(time.minute === 0 ? "ha" : "h:mma")
    .toLowerCase();
}
