import { type Command, Argument } from "commander";
import { DateTime } from "luxon";
import { Refusal } from "../lib/problem";
import { readDone, writeDone } from "../lib/release/gates/gather/checklist";
import { atomically } from "../lib/release/promotion/atomic-file";
import { announcement } from "../lib/release/windows/announcement";
import { calendar } from "../lib/release/windows/calendar";
import {
  checklistItems,
  timeline,
  type ChecklistItem,
  type TimelineEntry,
} from "../lib/release/windows/timeline";
import { Window, type Stretch } from "../lib/release/windows/window";
import { loadStack, type LoadedStack } from "./gated-stack";
import { operator } from "./operator";

/** The window that is on or comes next. @throws Refusal where there is none. */
function windowOf({ config, file }: LoadedStack, now: DateTime): Stretch {
  const stretch =
    config.window === undefined ? undefined : Window.parse(config.window, `${file} slipway:window`).at(now);
  if (stretch !== undefined) return stretch;
  throw new Refusal(file, [
    {
      where: "slipway:window",
      found: config.window === undefined ? "no window" : "a window that is over",
      allowed: "a window that is still to come",
      mend: `edit ${file}`,
    },
  ]);
}

/** What is to be done before the window, by when, and what was done. */
export async function timelineOf(
  project: string,
  stack: LoadedStack,
  now: DateTime,
): Promise<readonly TimelineEntry[]> {
  const { config, policy, file } = stack;
  const done = await readDone(project, config.environment, config.release);
  if (done.finding !== "found") throw new Refusal("checklist", [done.problem]);
  if (policy.site === undefined)
    throw new Refusal(file, [
      {
        where: "slipway:gates.site",
        found: "no site",
        allowed: "cyverse or jetstream",
        mend: `edit ${file}`,
      },
    ]);
  return timeline(policy.site, windowOf(stack, now), policy.notice, done.value, now);
}

/** `slipway timeline`, `slipway done`, `slipway calendar`. */
export function registerTimeline(program: Command): void {
  program
    .command("timeline <environment>")
    .description("what is to be done before the window, by when, and what was done")
    .option("--json", "print as JSON")
    .addHelpText("after", "\nExample: slipway timeline prod")
    .action(async (environment: string, { json }: { json?: boolean }) => {
      const stack = await loadStack(process.cwd(), environment);
      const now = DateTime.utc();
      const entries = await timelineOf(process.cwd(), stack, now);
      if (json === true) {
        console.log(JSON.stringify(entries));
        return;
      }
      const { title, message } = announcement(
        stack.config.system,
        stack.config.release,
        windowOf(stack, now),
      );
      console.log(`${title}\n${message}\n`);
      for (const entry of entries) {
        const last =
          entry.item === "notice"
            ? `, at the latest ${entry.last.toFormat("ccc yyyy-MM-dd HH:mm ZZZZ")}`
            : "";
        const by =
          entry.evidence === undefined
            ? ""
            : ` by ${entry.evidence.by} ${entry.evidence.when}: ${entry.evidence.where}`;
        console.log(
          `${entry.state.padEnd(9)} ${entry.item.padEnd(12)} ${entry.due.toFormat("ccc yyyy-MM-dd")}${last}  ${entry.title}${by}`,
        );
      }
    });
  program
    .command("done <environment>")
    .addArgument(new Argument("<item>").choices(checklistItems))
    .description("record that an item of the checklist is done, with what shows it")
    .requiredOption("--evidence <text>", "a link, or a text that shows it")
    .option("--at <time>", "when it was done, ISO 8601; now where it is left out")
    .option("--json", "print what is on record as JSON")
    .addHelpText("after", "\nExample: slipway done prod notice --evidence https://lists.example.org/42")
    .action(
      async (
        environment: string,
        item: ChecklistItem,
        { evidence, at, json }: { evidence: string; at?: string; json?: boolean },
      ) => {
        const project = process.cwd();
        const { config } = await loadStack(project, environment);
        const time = at === undefined ? DateTime.utc() : DateTime.fromISO(at, { setZone: true });
        if (!time.isValid || time > DateTime.utc()) {
          throw new Refusal("done", [
            {
              where: "--at",
              found: at ?? "",
              allowed: "a time that is past, as 2026-11-16T10:00:00Z",
              mend: "correct the time",
            },
          ]);
        }
        const done = { item, at: time.toISO(), by: operator(process.env), evidence };
        const file = await writeDone(project, environment, config.release, done);
        console.log(json === true ? JSON.stringify({ file, done }) : `${item}: on record in ${file}`);
      },
    );
  program
    .command("calendar <environment>")
    .description("write the window as a calendar file (.ics)")
    .requiredOption("--out <file>", "where to")
    .option("--json", "print what was written as JSON")
    .addHelpText("after", "\nExample: slipway calendar prod --out maintenance.ics")
    .action(async (environment: string, { out, json }: { out: string; json?: boolean }) => {
      const stack = await loadStack(process.cwd(), environment);
      const { system, release, people } = stack.config;
      const now = DateTime.utc();
      const window = windowOf(stack, now);
      const { title, message } = announcement(system, release, window);
      const description = `${message}\nCrew chief: ${people.crewChief ?? "nobody yet"}. Driver: ${people.driver ?? "nobody yet"}.`;
      const entry = {
        ...window,
        uid: `${system}-${environment}-${release}@slipway`,
        summary: title,
        description,
        sequence: now.toUnixInteger(),
        status: "CONFIRMED" as const,
      };
      await atomically(out, calendar([entry], now));
      console.log(json === true ? JSON.stringify({ file: out, title }) : `${title}: ${out}`);
    });
}
