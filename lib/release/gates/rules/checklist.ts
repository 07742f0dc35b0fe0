import { planned } from "../../windows/planned";
import { timeline, type ChecklistItem, type TimelineEntry } from "../../windows/timeline";
import type { Gate } from "../gate";
import { given, pass, refuse, waiting, warn, type Judgement } from "../judgement";
import { problem, stackFile } from "../per";
import { utc, withWindow } from "./time";

/** The checklist's entries that a rule asks for, judged: what is overdue refuses, what came late but in time warns. */
function checklist(rule: TimelineEntry["rule"], items: readonly ChecklistItem[], title: string): Gate {
  return {
    id: rule,
    title,
    phase: "before",
    lanes: planned,
    judge: (policy, facts) => {
      const { site } = policy;
      if (site === undefined) {
        return [
          refuse(
            problem(
              `${stackFile(policy)} slipway:gates.site`,
              "no site",
              "cyverse or jetstream",
              `edit ${stackFile(policy)}`,
            ),
          ),
        ];
      }
      return given(facts.done, (done, evidence) =>
        withWindow(policy, facts, (window) => {
          const entries = timeline(site, window, policy.notice, done, utc(facts.now)).filter(({ item }) =>
            items.includes(item),
          );
          if (entries.length === 0) return [pass({ ...evidence, what: `no rule of ${site}` })];
          return entries.map((entry) => checked(entry, evidence.where));
        }),
      );
    },
  };
}

function checked(entry: TimelineEntry, where: string): Judgement {
  const last = entry.last.toFormat("ccc yyyy-MM-dd HH:mm ZZZZ");
  const done = entry.evidence;
  if (done !== undefined && entry.state === "done") return pass(done, entry.item);
  if (done !== undefined && entry.state === "done-late") {
    return warn(
      problem(
        done.where,
        `${entry.title}: ${done.when}, late but in time`,
        `by ${entry.due.toFormat("ccc yyyy-MM-dd")}`,
        "nothing: it is on record",
      ),
      entry.item,
    );
  }
  if (done !== undefined) {
    return refuse(
      problem(
        done.where,
        `${entry.title}: ${done.when}, too late`,
        `at the latest ${last}`,
        "move the window, and tell users",
      ),
      entry.item,
    );
  }
  const objection = problem(
    where,
    `${entry.title}: not done`,
    `at the latest ${last}`,
    `do it, then \`slipway done ${entry.item}\``,
  );
  return entry.state === "overdue" ? refuse(objection, entry.item) : waiting(objection, entry.item);
}

/** A2: users of the system are told two working days before, at the latest. */
export const a2 = checklist("A2", ["notice", "banner"], "users were told in time");
/** A3: the window is on the maintenance calendar. */
export const a3 = checklist("A3", ["calendar"], "the window is on the calendar");
/** A4: the status page has it, where the site has one. */
export const a4 = checklist("A4", ["status-page"], "the status page has the maintenance");
/** A5: the other site's own team knows. */
export const a5 = checklist("A5", ["tech-team"], "the site's tech team knows");
