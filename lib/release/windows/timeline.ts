import type { DateTime } from "luxon";
import type { Evidence } from "../../evidence/finding";
import type { Stretch } from "./window";
import { workingDaysBefore } from "./working-days";

/** Whose users are told, and how (rules A2 to A5). */
export type Site = "cyverse" | "jetstream";

/** What must have been done before the window, each with its own evidence. */
export const checklistItems = [
  "roles",
  "notice",
  "banner",
  "calendar",
  "status-page",
  "tech-team",
  "changelog",
  "candidate",
  "beta",
  "variables",
] as const;
export type ChecklistItem = (typeof checklistItems)[number];

/** That an item was done. */
export interface Done {
  readonly item: ChecklistItem;
  /** ISO 8601. */
  readonly at: string;
  readonly by: string;
  /** A link or a text that shows it. */
  readonly evidence: string;
}

export interface NoticePolicy {
  /** Working days before the window that are the last moment for the notice. */
  readonly workingDays: number;
  /** Days before the window by which it should have been sent. */
  readonly target: number;
  readonly holidays: readonly string[];
}

export interface TimelineEntry {
  readonly item: ChecklistItem;
  /** The rule that asks for it. */
  readonly rule: "A1" | "A2" | "A3" | "A4" | "A5" | "A6" | "A9" | "A10";
  readonly title: string;
  /** When it should be done. */
  readonly due: DateTime<true>;
  /** The last moment at which it is worth anything; the start of the window where no rule says more. */
  readonly last: DateTime<true>;
  readonly state: "done" | "done-late" | "too-late" | "open" | "due" | "overdue";
  readonly evidence?: Evidence;
}

interface Step {
  readonly item: ChecklistItem;
  readonly rule: TimelineEntry["rule"];
  readonly title: string;
  /** Days before the window. */
  readonly days: number;
  readonly sites: readonly Site[];
}

const both: readonly Site[] = ["cyverse", "jetstream"];
const steps: readonly Step[] = [
  { item: "roles", rule: "A1", title: "crew chief and driver are named", days: 14, sites: both },
  { item: "notice", rule: "A2", title: "notice sent to the users", days: 14, sites: ["cyverse"] },
  { item: "banner", rule: "A2", title: "banner on the user manual", days: 14, sites: ["cyverse"] },
  { item: "calendar", rule: "A3", title: "window on the maintenance calendar", days: 14, sites: ["cyverse"] },
  {
    item: "status-page",
    rule: "A4",
    title: "scheduled maintenance on the status page",
    days: 14,
    sites: ["cyverse"],
  },
  {
    item: "tech-team",
    rule: "A5",
    title: "tech team knows, has it in its calendar, told its users",
    days: 14,
    sites: ["jetstream"],
  },
  {
    item: "changelog",
    rule: "A6",
    title: "changelog cut to the named release and merged",
    days: 7,
    sites: both,
  },
  { item: "candidate", rule: "A6", title: "release candidate tagged and built", days: 7, sites: both },
  { item: "beta", rule: "A9", title: "deployed to beta and tested", days: 7, sites: both },
  { item: "variables", rule: "A10", title: "production variables prepared", days: 7, sites: both },
];

/** The checklist of a site, in the order of its due dates, as it stands at `now` (rules A1 to A6, A9, A10). */
export function timeline(
  site: Site,
  window: Stretch,
  notice: NoticePolicy,
  done: readonly Done[],
  now: DateTime,
): readonly TimelineEntry[] {
  return steps
    .filter((step) => step.sites.includes(site))
    .map((step) => {
      const due = window.start.minus({ days: step.item === "notice" ? notice.target : step.days });
      const last =
        step.item === "notice"
          ? workingDaysBefore(window.start, notice.workingDays, notice.holidays)
          : window.start;
      const first = firstOf(done, step.item);
      const entry = { item: step.item, rule: step.rule, title: step.title, due, last };
      if (first === undefined)
        return { ...entry, state: now >= last ? "overdue" : now >= due ? "due" : "open" };
      const at = Date.parse(first.at);
      const state = at > last.toMillis() ? "too-late" : at > due.toMillis() ? "done-late" : "done";
      return {
        ...entry,
        state,
        evidence: { what: step.title, where: first.evidence, when: first.at, by: first.by },
      };
    });
}

/** What was done twice counts from the first time. */
function firstOf(done: readonly Done[], item: ChecklistItem): Done | undefined {
  return done
    .filter((one) => one.item === item)
    .reduce<Done | undefined>(
      (first, one) => (first === undefined || Date.parse(one.at) < Date.parse(first.at) ? one : first),
      undefined,
    );
}
