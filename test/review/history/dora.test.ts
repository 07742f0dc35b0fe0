import assert from "node:assert/strict";
import { dora } from "../../../lib/review/history/dora";
import { drift, notInProduction, pending } from "../../../lib/review/history/waiting";
import type { EnvironmentHistory, History } from "../../../lib/review/history/history";
import { exampleCopy, historyOf } from "../example";

const minutes = (number: number): number => number * 60_000;

function named(history: History, name: string): EnvironmentHistory {
  const found = history.environments.find((one) => one.name === name);
  assert.ok(found !== undefined, name);
  return found;
}

describe("DORA's figures", function () {
  this.timeout(60_000);

  it("of the example's production are those that a person counts in its story", async () => {
    const { folder } = exampleCopy();
    const { environments, commit } = await historyOf(folder);
    const nmdc = environments.filter(({ system }) => system === "nmdc-runtime");
    const figures = dora(named({ environments, commit, unreadable: [] }, "prod"), nmdc, commit.at);
    // Six releases: v2.17.0 was mended by a hot-fix, v2.18.0 by the way back; nothing else went wrong.
    assert.deepEqual([figures.tried, figures.released, figures.failed, figures.rework], [6, 6, 2 / 6, 1 / 6]);
    // From 13 Oct 15:46 to 14 Oct 08:07, and from 27 Oct 15:23 to 28 Oct 08:56, and the minutes that the releases took.
    const between = (981 + 1053) / 2;
    assert.ok(Math.abs((figures.recovery ?? 0) - minutes(between)) < minutes(2), String(figures.recovery));
    // 5 d 6 h 50 min, 5 d 3 h 51 min, none for the hot-fix, 7 d 1 h 43 min, 5 d 3 h 6 min: the middle one.
    assert.ok(
      Math.abs((figures.leadTime ?? 0) - minutes(5 * 1440 + 3 * 60 + 51)) < minutes(2),
      String(figures.leadTime),
    );
    assert.ok(Math.abs((figures.perWeek ?? 0) - (6 / 45) * 7) < 0.01, String(figures.perWeek));
  });

  it("of an environment without a release are none", async () => {
    const { folder } = exampleCopy();
    const { environments, commit } = await historyOf(folder);
    const empty = { ...named({ environments, commit, unreadable: [] }, "prod"), releases: [] };
    const figures = dora(empty, [empty], commit.at);
    assert.deepEqual(
      [figures.failed, figures.leadTime, figures.recovery, figures.perWeek],
      [undefined, undefined, undefined, undefined],
    );
  });

  it("what waits says for what, and what never got to production is named once with all places", async () => {
    const { folder } = exampleCopy();
    const { environments, commit } = await historyOf(folder);
    const nmdc = environments.filter(({ system }) => system === "nmdc-runtime");
    assert.deepEqual(
      pending(nmdc, commit.at).map(({ environment, from, to, by, waitsFor }) => [
        environment,
        from,
        to,
        by,
        waitsFor,
      ]),
      [["prod", "v2.18.1", "v2.19.0", "ana", ["its window, which opens 24 Nov 2026, 08:00 PST"]]],
    );
    assert.deepEqual(
      pending(nmdc, "2026-11-19T20:00:00Z")[0]?.waitsFor[0],
      "14 h 50 min more on staging (24 h are asked for)",
    );
    assert.deepEqual(
      notInProduction(nmdc).map(({ release, runs }) => [release, runs.map(({ on }) => on)]),
      [["v2.19.0", ["dev", "staging"]]],
    );
    assert.deepEqual(drift(nmdc), []);
  });

  it("H16: an environment is untracked from its emergency release on", async () => {
    const { folder } = exampleCopy();
    const prod = named(await historyOf(folder), "prod");
    const [last, ...rest] = prod.releases;
    assert.ok(last !== undefined);
    const lane = { kind: "emergency", reason: "the forge is down", by: "ana", approver: "ben" } as const;
    assert.match(
      drift([{ ...prod, releases: [{ ...last, lane }, ...rest] }])[0] ?? "",
      /prod is untracked since the emergency release/,
    );
  });
});
