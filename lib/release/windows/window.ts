import type { DateTime } from "luxon";
import { Refusal } from "../../problem";
import { localTime, zoneOf } from "./local-time";

/** A stretch of time, from its start up to, not including, its end. */
export interface Stretch {
  readonly start: DateTime<true>;
  readonly end: DateTime<true>;
}

/** When a release may touch its environment, as the config has it. Times are on the wall in `zone`. */
export type WindowConfig =
  | { readonly kind: "once"; readonly start: string; readonly end: string; readonly zone: string }
  /** Every week on `days` (1 is Monday, 7 Sunday), from one time of day to a later one, or past midnight. */
  | {
      readonly kind: "weekly";
      readonly days: readonly number[];
      readonly from: string;
      readonly to: string;
      readonly zone: string;
    };

const longest = { hours: 24 * 14 };

/** A maintenance window. Example: 9am - 4pm in America/Phoenix. */
export class Window {
  private constructor(
    private readonly config: WindowConfig,
    readonly zone: string,
  ) {}

  /** @throws Refusal when a time or the zone is none, or the window ends before it starts, or lasts over two weeks. */
  static parse(config: WindowConfig, where = "slipway:window"): Window {
    const window = new Window(config, zoneOf(config.zone, `${where}.zone`));
    if (config.kind === "once") {
      const start = localTime(config.start, config.zone, `${where}.start`);
      const end = localTime(config.end, config.zone, `${where}.end`);
      if (end <= start || end.diff(start) > start.plus(longest).diff(start)) {
        throw new Refusal("window", [
          {
            where,
            found: `${config.start} to ${config.end}`,
            allowed: "an end after the start, by two weeks at most",
            mend: `correct ${where}`,
          },
        ]);
      }
    } else if (config.from === config.to) {
      throw new Refusal("window", [
        {
          where,
          found: `from ${config.from} to ${config.to}`,
          allowed: "two different times of day",
          mend: `correct ${where}`,
        },
      ]);
    }
    return window;
  }

  /** The occurrence that is on at `now`, or the next one; undefined when there is none any more. */
  at(now: DateTime): Stretch | undefined {
    const candidates = this.around(now);
    return candidates.find((stretch) => now < stretch.end);
  }

  /** The occurrence that a moment lies in. */
  holding(now: DateTime): Stretch | undefined {
    const stretch = this.at(now);
    return stretch !== undefined && now >= stretch.start ? stretch : undefined;
  }

  private around(now: DateTime): readonly Stretch[] {
    const { config, zone } = this;
    if (config.kind === "once") {
      return [{ start: localTime(config.start, zone, "start"), end: localTime(config.end, zone, "end") }];
    }
    const today = now.setZone(zone).startOf("day");
    return Array.from({ length: 9 }, (_, index) => today.plus({ days: index - 1 }))
      .filter((day) => config.days.includes(day.weekday))
      .map((day) => stretchOf(day, config))
      .filter((stretch): stretch is Stretch => stretch.start.isValid && stretch.end.isValid);
  }

  toString(): string {
    const { config } = this;
    if (config.kind === "once")
      return `${config.start.replace("T", " ")} to ${config.end.replace("T", " ")} ${this.zone}`;
    const days = config.days.map((day) => weekdays[day - 1] ?? "?").join(", ");
    return `${days} ${config.from} to ${config.to} ${this.zone}`;
  }
}

const weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/** A time of day that summer time skips moves forward by the hour that is skipped, as a clock does. */
function stretchOf(
  day: DateTime,
  config: { readonly from: string; readonly to: string },
): { start: DateTime; end: DateTime } {
  const start = day.set(timeOfDay(config.from));
  const end = (config.to > config.from ? day : day.plus({ days: 1 })).set(timeOfDay(config.to));
  return { start, end };
}

function timeOfDay(text: string): { hour: number; minute: number } {
  const [hour = "0", minute = "0"] = text.split(":");
  return { hour: Number(hour), minute: Number(minute) };
}
