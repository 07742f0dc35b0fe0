import { DateTime } from "luxon";
import { freezesAt } from "../../windows/freeze";
import { planned } from "../../windows/planned";
import { Window, type Stretch } from "../../windows/window";
import type { Facts } from "../facts";
import type { Gate } from "../gate";
import { given, pass, refuse, waiting, type Judgement } from "../judgement";
import { inConfig, problem, stackFile } from "../per";
import type { Policy } from "../policy";

export function utc(text: string): DateTime {
  return DateTime.fromISO(text, { zone: "utc" });
}

/** The window that is on or comes next, for gates that need one. */
export function withWindow(
  policy: Policy,
  facts: Facts,
  judge: (window: Stretch, parsed: Window) => readonly Judgement[],
): readonly Judgement[] {
  const file = stackFile(policy);
  if (policy.window === undefined) {
    return [
      refuse(
        problem(
          `${file} slipway:window`,
          "no window",
          "when this environment may be changed",
          `edit ${file}`,
        ),
      ),
    ];
  }
  const window = Window.parse(policy.window, `${file} slipway:window`);
  const stretch = window.at(utc(facts.now));
  if (stretch !== undefined) return judge(stretch, window);
  return [
    refuse(
      problem(
        `${file} slipway:window`,
        `${window.toString()}, which is over`,
        "a window that is still to come",
        `edit ${file}`,
      ),
    ),
  ];
}

/** W1: the release begins inside its window. */
export const w1: Gate = {
  id: "W1",
  title: "the maintenance window is open",
  phase: "before",
  alone: true,
  lanes: planned,
  judge: (policy, facts) =>
    withWindow(policy, facts, ({ start, end }, window) => {
      const now = utc(facts.now);
      if (now >= start)
        return [
          pass(
            inConfig(policy, facts, `open until ${end.toFormat("yyyy-MM-dd HH:mm ZZZZ")}`, "slipway:window"),
          ),
        ];
      const found = `${now.setZone(window.zone).toFormat("yyyy-MM-dd HH:mm ZZZZ")}, before the window`;
      return [
        refuse(
          problem(
            `${stackFile(policy)} slipway:window`,
            found,
            window.toString(),
            "wait for it, or take the hot-fix lane with a reason",
          ),
        ),
      ];
    }),
};

/** F19: what is left of the window is enough for the whole release and its verification. */
export const f19: Gate = {
  id: "F19",
  title: "there is time enough",
  phase: "before",
  alone: true,
  judge: (policy, facts) => {
    const { budgetMinutes } = policy.limits;
    if (policy.window === undefined || policy.lane.kind === "hot-fix" || policy.lane.kind === "emergency") {
      return [
        pass(
          inConfig(
            policy,
            facts,
            `set aside ${budgetMinutes} minutes; no window limits it`,
            "slipway:gates.limits.budgetMinutes",
          ),
        ),
      ];
    }
    return withWindow(policy, facts, ({ start, end }) => {
      const now = utc(facts.now);
      const minutes = Math.floor(end.diff(now < start ? start : now, "minutes").minutes);
      if (minutes >= budgetMinutes)
        return [
          pass(inConfig(policy, facts, `${minutes} minutes left, ${budgetMinutes} needed`, "slipway:window")),
        ];
      const where = `${stackFile(policy)} slipway:window`;
      return [
        refuse(
          problem(
            where,
            `${minutes} minutes left`,
            `at least ${budgetMinutes} (slipway:gates.limits.budgetMinutes)`,
            "wait for the next window, or lengthen this one",
          ),
        ),
      ];
    });
  },
};

/** W2: nothing is released during a freeze, but what it excepts. */
export const w2: Gate = {
  id: "W2",
  title: "no freeze holds it back",
  phase: "before",
  alone: true,
  judge: (policy, facts) => {
    const held = freezesAt(policy.freezes, utc(facts.now), policy.lane.kind);
    const where = `${stackFile(policy)} slipway:freezes`;
    if (held.length === 0)
      return [
        pass(inConfig(policy, facts, `no freeze now (${policy.freezes.length} known)`, "slipway:freezes")),
      ];
    return held.map((freeze) =>
      refuse(
        problem(
          where,
          `frozen until ${freeze.to} ${freeze.zone}: ${freeze.reason}`,
          freeze.except.length === 0 ? "no lane" : `the lanes ${freeze.except.join(", ")}`,
          "wait, or override with a reason",
        ),
      ),
    );
  },
};

/** W3: a clock that is off would judge every other time wrongly. */
export const w3: Gate = {
  id: "W3",
  title: "this machine's clock is right",
  phase: "before",
  judge: (policy, facts) =>
    given(facts.secondClock, (second, evidence) => {
      const seconds = (Date.parse(facts.now) - Date.parse(second)) / 1000;
      if (!Number.isFinite(seconds))
        return [
          waiting(problem(evidence.where, `${facts.now} and ${second}`, "two times", "ask another clock")),
        ];
      const off = `${Math.abs(seconds).toFixed(0)} s ${seconds > 0 ? "ahead of" : "behind"} ${evidence.where}`;
      if (Math.abs(seconds) <= policy.limits.clockSeconds) return [pass({ ...evidence, what: off })];
      return [
        refuse(
          problem(
            "this machine's clock",
            off,
            `at most ${policy.limits.clockSeconds} s`,
            "set the clock, then release",
          ),
        ),
      ];
    }),
};
