import type { DateTime } from "luxon";
import { Refusal } from "../../problem";
import type { LaneKind } from "../gates/lane";
import { localTime, zoneOf } from "./local-time";

/** A time in which nothing is released, but by what it excepts. */
export interface Freeze {
  /** Example: `2026-12-20T00:00`. */
  readonly from: string;
  readonly to: string;
  readonly zone: string;
  readonly reason: string;
  /** Lanes that may pass. Example: `hot-fix`. */
  readonly except: readonly LaneKind[];
}

/** The freezes that hold this lane back at `now`. @throws Refusal for a freeze that ends before it starts. */
export function freezesAt(freezes: readonly Freeze[], now: DateTime, lane: LaneKind): readonly Freeze[] {
  return freezes.filter((freeze, index) => {
    const where = `slipway:freezes[${index}]`;
    const zone = zoneOf(freeze.zone, `${where}.zone`);
    const from = localTime(freeze.from, zone, `${where}.from`);
    const to = localTime(freeze.to, zone, `${where}.to`);
    if (to <= from) {
      throw new Refusal("freeze", [
        {
          where,
          found: `${freeze.from} to ${freeze.to}`,
          allowed: "an end after the start",
          mend: `correct ${where}`,
        },
      ]);
    }
    return now >= from && now < to && !freeze.except.includes(lane);
  });
}
