import type { DateTime } from "luxon";
import { announcement, type Announcement } from "../windows/announcement";
import { zoneOf } from "../windows/local-time";
import { type Stretch, Window, type WindowConfig } from "../windows/window";

/** What the users of every service are told, and for how long it is meant to last (rule A12). */
export interface Notice extends Announcement {
  /** ISO 8601, with the zone's offset. */
  readonly start: string;
  readonly end: string;
}

export interface NoticeRequest {
  /** The system as its users know it. Example: `Atmosphere`. */
  readonly name: string;
  /** Example: `v36-1`. */
  readonly release: string;
  readonly window?: WindowConfig | undefined;
  /** What stands for a window that is not on: from now on, for so many minutes, on the clocks of this zone. */
  readonly minutes: number;
  readonly zone: string;
}

/** The notice of a maintenance that starts now. Example of a title: `2019-06-16 v36-1 deployment`. */
export function noticeOf(request: NoticeRequest, now: DateTime<true>): Notice {
  const stretch = stretchOf(request, now);
  const { start, end } = stretch;
  return {
    ...announcement(request.name, request.release, stretch),
    start: start.toISO(),
    end: end.toISO(),
  };
}

function stretchOf({ window, minutes, zone }: NoticeRequest, now: DateTime<true>): Stretch {
  const parsed = window && Window.parse(window);
  const held = parsed?.holding(now);
  if (held !== undefined) return held;
  const start = now.setZone(parsed?.zone ?? zoneOf(zone, "slipway:maintenance.zone")) as DateTime<true>;
  return { start, end: start.plus({ minutes }) };
}
