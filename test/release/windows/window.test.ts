import assert from "node:assert/strict";
import type { DateTime } from "luxon";
import { announcement } from "../../../lib/release/windows/announcement";
import { atClosing } from "../../../lib/release/windows/closing";
import { deadlineOf } from "../../../lib/release/windows/deadline";
import { freezesAt } from "../../../lib/release/windows/freeze";
import { localTime, zoneOf } from "../../../lib/release/windows/local-time";
import { Window } from "../../../lib/release/windows/window";

const utc = (text: string): DateTime<true> => localTime(text, "UTC", "test");
const phoenix = Window.parse({
  kind: "once",
  start: "2019-06-16T09:00",
  end: "2019-06-16T16:00",
  zone: "America/Phoenix",
});

describe("maintenance window", () => {
  it("A12: 9am - 4pm in Arizona is 16:00 to 23:00 UTC, in summer and in winter", () => {
    for (const day of ["2026-01-15", "2026-07-15"]) {
      const window = Window.parse({
        kind: "once",
        start: `${day}T09:00`,
        end: `${day}T16:00`,
        zone: "America/Phoenix",
      });
      const stretch = window.at(utc("2026-01-01T00:00"));
      assert.equal(stretch?.start.toUTC().toISO(), `${day}T16:00:00.000Z`);
      assert.equal(stretch.end.toUTC().toISO(), `${day}T23:00:00.000Z`);
    }
  });

  it("holds its start and not its end", () => {
    assert.equal(phoenix.holding(utc("2019-06-16T15:59")), undefined);
    assert.notEqual(phoenix.holding(utc("2019-06-16T16:00")), undefined);
    assert.notEqual(phoenix.holding(utc("2019-06-16T22:59")), undefined);
    assert.equal(phoenix.holding(utc("2019-06-16T23:00")), undefined);
    assert.equal(phoenix.at(utc("2019-06-16T23:00")), undefined, "it does not come again");
  });

  it("a weekly window comes again, keeps its time of day over summer time, and may pass midnight", () => {
    const window = Window.parse({
      kind: "weekly",
      days: [6],
      from: "22:00",
      to: "02:00",
      zone: "Europe/London",
    });
    // British summer time ended on Sunday 2026-10-25.
    assert.equal(window.at(utc("2026-10-20T00:00"))?.start.toUTC().toISO(), "2026-10-24T21:00:00.000Z");
    assert.equal(window.at(utc("2026-10-26T00:00"))?.start.toUTC().toISO(), "2026-10-31T22:00:00.000Z");
    assert.notEqual(
      window.holding(utc("2026-11-01T01:00")),
      undefined,
      "Sunday after midnight still belongs to Saturday",
    );
    assert.equal(window.holding(utc("2026-11-01T02:00")), undefined);
  });

  it("refuses an abbreviation for a zone, with the one that is meant", () => {
    for (const zone of ["MST", "EST", "Mars/Olympus", "", "+01:00"]) {
      assert.throws(() => zoneOf(zone, "slipway:window.zone"), /slipway:window\.zone.*America\/Phoenix/);
    }
  });

  it("refuses times that summer time skips or repeats, and dates that do not exist", () => {
    assert.throws(() => localTime("2026-03-29T01:30", "Europe/London", "start"), /skips/);
    assert.throws(() => localTime("2026-10-25T01:30", "Europe/London", "start"), /twice/);
    assert.doesNotThrow(() => localTime("2026-03-29T01:30", "America/Phoenix", "start"));
    for (const text of ["2026-02-30T09:00", "2026-11-21", "9am", "2026-11-21T09:00Z", "２026-11-21T09:00"]) {
      assert.throws(() => localTime(text, "UTC", "start"), /start/);
    }
  });

  it("refuses an end before the start, and a window of a month", () => {
    const once = (start: string, end: string): unknown =>
      Window.parse({ kind: "once", start, end, zone: "UTC" });
    assert.throws(() => once("2026-11-21T16:00", "2026-11-21T09:00"), /an end after the start/);
    assert.throws(() => once("2026-11-01T00:00", "2026-12-01T00:00"), /two weeks/);
    assert.throws(
      () => Window.parse({ kind: "weekly", days: [1], from: "09:00", to: "09:00", zone: "UTC" }),
      /two different times/,
    );
  });

  it("A12: title and message are the seed's own", () => {
    const stretch = phoenix.at(utc("2019-06-01T00:00"));
    assert.ok(stretch);
    assert.deepEqual(announcement("Atmosphere", "v36-1", stretch), {
      title: "2019-06-16 v36-1 deployment",
      message: "Atmosphere is down for a Scheduled Maintenance, Today between 9am - 4pm MST.",
    });
    assert.equal(announcement("A", "v".repeat(300), stretch).title.length, 256);
  });

  it("F19: a window that closes before the swap stops the release, after it the release goes on and says by how much", () => {
    const end = 1_000_000_000;
    assert.equal(atClosing(false, end - 1, end), undefined);
    assert.deepEqual(atClosing(false, end, end), { do: "stop-and-undo" });
    assert.deepEqual(atClosing(true, end + 61_000, end), { do: "finish", overranMinutes: 2 });
  });
});

describe("deadline of a release", () => {
  const window = { kind: "weekly", days: [1], from: "09:00", to: "16:00", zone: "America/Phoenix" } as const;
  const monday = (time: string): string | undefined =>
    deadlineOf(window, "normal", utc(`2026-11-23T${time}`));

  it("F19: is the end of the window that is open, and there is none outside of one", () => {
    assert.equal(monday("16:00"), "2026-11-23T23:00:00.000Z");
    assert.equal(monday("22:59"), "2026-11-23T23:00:00.000Z");
    assert.equal(monday("15:59"), undefined, "not begun");
    assert.equal(monday("23:00"), undefined, "over");
    assert.equal(deadlineOf(undefined, "normal", utc("2026-11-23T16:00")), undefined);
  });

  it("A19: a hot-fix and an emergency have none; a first deployment has its window's", () => {
    const lanes = ["hot-fix", "emergency", "first-time"] as const;
    const now = utc("2026-11-23T16:00");
    assert.deepEqual(
      lanes.map((lane) => deadlineOf(window, lane, now)),
      [undefined, undefined, "2026-11-23T23:00:00.000Z"],
    );
  });
});

describe("freeze", () => {
  const holidays = {
    from: "2026-12-20T00:00",
    to: "2027-01-05T00:00",
    zone: "America/New_York",
    reason: "holidays",
    except: ["hot-fix" as const],
  };

  it("holds back what it does not except, from its start up to its end", () => {
    assert.deepEqual(freezesAt([holidays], utc("2026-12-24T12:00"), "normal"), [holidays]);
    assert.deepEqual(freezesAt([holidays], utc("2026-12-24T12:00"), "hot-fix"), []);
    assert.deepEqual(freezesAt([holidays], utc("2026-12-20T04:59"), "normal"), []);
    assert.deepEqual(freezesAt([holidays], utc("2026-12-20T05:00"), "normal"), [holidays]);
    assert.deepEqual(freezesAt([holidays], utc("2027-01-05T05:00"), "normal"), []);
  });

  it("refuses one that ends before it starts, by its place in the config", () => {
    assert.throws(
      () => freezesAt([{ ...holidays, to: "2026-12-01T00:00" }], utc("2026-12-24T12:00"), "normal"),
      /slipway:freezes\[0\]/,
    );
  });
});
