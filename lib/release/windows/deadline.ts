import type { DateTime } from "luxon";
import type { LaneKind } from "../gates/lane";
import { planned } from "./planned";
import { Window, type WindowConfig } from "./window";

/**
 * Latest instant at which a release that begins now may switch the data, ISO 8601: the end of the window that is open (rule F19).
 * None outside of a window, and in lanes that wait for none: whether they may begin is for the gates to say (rules W1, A19).
 */
export function deadlineOf(
  window: WindowConfig | undefined,
  lane: LaneKind,
  now: DateTime,
): string | undefined {
  if (window === undefined || !(planned as readonly LaneKind[]).includes(lane)) return undefined;
  return Window.parse(window).holding(now)?.end.toUTC().toISO();
}
