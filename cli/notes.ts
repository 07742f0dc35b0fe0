import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { DateTime } from "luxon";
import { Refusal } from "../lib/problem";
import { forgeOf } from "../lib/release/gates/gather/forges";
import { cutRelease } from "../lib/release/notes/changelog";
import { issuesNamed, ticketBody, ticketTitle } from "../lib/release/notes/ticket";
import { atomically } from "../lib/release/promotion/atomic-file";
import { lineDiff } from "../lib/release/promotion/line-diff";
import { loadStack } from "./gated-stack";

interface ChangelogOptions {
  readonly environment: string;
  readonly file: string;
  readonly address?: string;
  readonly dryRun?: boolean;
}

/** `slipway changelog <source>` and `slipway ticket <environment>`. */
export function registerNotes(program: Command): void {
  program
    .command("changelog <source>")
    .description("cut what is unreleased in a changelog to the released tag, with its compare link")
    .option("-e, --environment <name>", "the stack that releases it", "prod")
    .option("-f, --file <path>", "the changelog", "CHANGELOG.md")
    .option("--address <url>", "the repository's address; without it the forge's project on github.com")
    .option("--dry-run", "print the change and write nothing")
    .addHelpText("after", "\nExample: slipway changelog atmosphere --file ../atmosphere/CHANGELOG.md")
    .action(async (name: string, { environment, file, address, dryRun }: ChangelogOptions) => {
      const { config, policy, file: stack } = await loadStack(process.cwd(), environment);
      const source = policy.sources.find((one) => one.name === name);
      const project = config.sources[name]?.forge?.project;
      if (source === undefined || (address ?? project) === undefined) {
        const allowed = `a source with a forge (${policy.sources.map((one) => one.name).join(", ")})`;
        throw new Refusal(stack, [
          {
            where: `slipway:sources.${name}`,
            found: "no source or no forge",
            allowed,
            mend: `edit ${stack}, or give --address`,
          },
        ]);
      }
      const text = await readFile(file, "utf8");
      const cut = cutRelease(
        text,
        source.tag,
        DateTime.utc().toFormat("yyyy-MM-dd"),
        address ?? `https://github.com/${project ?? ""}`,
        file,
      );
      if (dryRun !== true) await atomically(file, cut);
      console.log(lineDiff(text, cut, file));
    });
  program
    .command("ticket <environment>")
    .description("create the release's ticket, or update the one there is; never a second one")
    .option("--contains <issues>", "issues that the release contains. Example: #12 #13", "")
    .option("--assign <logins>", "who must act, separated by commas", "")
    .option("--json", "print the ticket as JSON")
    .action(
      async (
        environment: string,
        { contains, assign, json }: { contains: string; assign: string; json?: boolean },
      ) => {
        const { config, policy, file } = await loadStack(process.cwd(), environment);
        const last = policy.sources.at(-1);
        const forge = forgeOf(last === undefined ? undefined : config.sources[last.name]?.forge, process.env);
        if (forge === undefined)
          throw new Refusal(file, [
            {
              where: "slipway:sources",
              found: "no forge at the last source",
              allowed: "the forge that keeps the tickets",
              mend: `edit ${file}`,
            },
          ]);
        const parts = policy.sources.length === 1 ? policy.sources : policy.sources.slice(0, -1);
        const versions = Object.fromEntries(parts.map(({ name, tag }) => [name, tag]));
        const titles = await Promise.all(
          issuesNamed(contains).map(async (number) => {
            const issue = await forge.ticket(number);
            if (issue.finding !== "found") throw new Refusal(`issue #${number}`, [issue.problem]);
            return { number, summary: issue.value.title };
          }),
        );
        const assignees = assign
          .split(",")
          .map((login) => login.trim())
          .filter((login) => login !== "");
        const body = ticketBody({ release: config.release, versions, contains: titles });
        const ticket = await forge.putTicket({
          title: ticketTitle(config.release),
          body,
          assignees,
          labels: [],
        });
        if (ticket.finding !== "found") throw new Refusal("ticket", [ticket.problem]);
        console.log(
          json === true ? JSON.stringify(ticket.value) : `${ticket.value.title}: ${ticket.value.link}`,
        );
      },
    );
}
