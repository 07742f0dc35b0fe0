import assert from "node:assert/strict";
import fc from "fast-check";
import { localTime } from "../../../lib/release/windows/local-time";
import { timeline, type Done, type TimelineEntry } from "../../../lib/release/windows/timeline";
import { isWorkingDay, workingDaysBefore } from "../../../lib/release/windows/working-days";

const zone = "America/Phoenix";
const at = (text: string): ReturnType<typeof localTime> => localTime(text, zone, "test");
// Monday 2026-11-30; Thursday 26 and Friday 27 are Thanksgiving's.
const window = { start: at("2026-11-30T09:00"), end: at("2026-11-30T16:00") };
const notice = { workingDays: 2, target: 14, holidays: [] };
const sent = (text: string): Done => ({
  item: "notice",
  at: at(text).toISO(),
  by: "carol",
  evidence: "mail to atmosphere-users",
});
const entry = (entries: readonly TimelineEntry[], item: string): TimelineEntry => {
  const found = entries.find((one) => one.item === item);
  assert.ok(found, `no ${item} on the checklist`);
  return found;
};

describe("working days", () => {
  it("A2: two working days before Monday 9:00 is Thursday 9:00", () => {
    assert.equal(workingDaysBefore(window.start, 2, []).toISO(), at("2026-11-26T09:00").toISO());
  });

  it("A2: holidays are no working days", () => {
    const thanksgiving = ["2026-11-26", "2026-11-27"];
    assert.equal(workingDaysBefore(window.start, 2, thanksgiving).toISO(), at("2026-11-24T09:00").toISO());
  });

  it("A2: agrees with counting the days between, whatever the day", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2000 }),
        fc.nat(10),
        fc.array(fc.integer({ min: -20, max: 2000 })),
        (offset, days, off) => {
          const start = at("2024-01-01T09:00");
          const moment = start.plus({ days: offset });
          const holidays = off.map((day) => start.plus({ days: day }).toFormat("yyyy-MM-dd"));
          const last = workingDaysBefore(moment, days, holidays);
          let counted = 0;
          for (let day = last; day < moment; day = day.plus({ days: 1 }))
            if (isWorkingDay(day, holidays)) counted += 1;
          assert.equal(counted, days);
          assert.ok(days === 0 || isWorkingDay(last, holidays), "the deadline is itself a working day");
        },
      ),
    );
  });
});

describe("timeline before a window", () => {
  const state = (done: readonly Done[], now: string): TimelineEntry["state"] =>
    entry(timeline("cyverse", window, notice, done, at(now)), "notice").state;

  it("A2: sent two weeks before is done, later is late, after Thursday 9:00 is too late", () => {
    assert.equal(state([sent("2026-11-16T09:00")], "2026-11-30T09:00"), "done");
    assert.equal(state([sent("2026-11-16T09:01")], "2026-11-30T09:00"), "done-late");
    assert.equal(state([sent("2026-11-26T09:00")], "2026-11-30T09:00"), "done-late");
    assert.equal(state([sent("2026-11-26T09:01")], "2026-11-30T09:00"), "too-late");
    assert.equal(state([sent("2026-11-27T09:00")], "2026-11-30T09:00"), "too-late");
  });

  it("A2: not sent is open, then due, then overdue", () => {
    assert.equal(state([], "2026-11-16T08:59"), "open");
    assert.equal(state([], "2026-11-16T09:00"), "due");
    assert.equal(state([], "2026-11-26T09:00"), "overdue");
  });

  it("A2: a second notice does not make the first one late", () => {
    assert.equal(state([sent("2026-11-29T09:00"), sent("2026-11-10T09:00")], "2026-11-30T09:00"), "done");
  });

  it("A4: the status page is CyVerse's; A5: the tech team is Jetstream's", () => {
    const items = (site: "cyverse" | "jetstream"): readonly string[] =>
      timeline(site, window, notice, [], at("2026-11-01T09:00")).map((one) => one.item);
    assert.ok(items("cyverse").includes("status-page"));
    assert.ok(!items("cyverse").includes("tech-team"));
    assert.ok(items("jetstream").includes("tech-team"));
    for (const item of ["status-page", "notice", "banner", "calendar"])
      assert.ok(!items("jetstream").includes(item), item);
  });

  it("A6: what is due a week before is due a week before", () => {
    const entries = timeline("cyverse", window, notice, [], at("2026-11-23T09:00"));
    assert.equal(entry(entries, "candidate").due.toISO(), at("2026-11-23T09:00").toISO());
    assert.deepEqual(entry(entries, "candidate").state, "due");
  });
});
