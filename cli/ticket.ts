import type { Command } from "commander";
import { ticketRequest } from "../lib/config/ticket-request";
import { Refusal } from "../lib/problem";
import { forgeOf } from "../lib/release/gates/gather/forges";
import { putReleaseTicket } from "../lib/release/notes/put-ticket";
import { issuesNamed } from "../lib/release/notes/ticket";
import { loadStack } from "./gated-stack";

interface Options {
  readonly contains: string;
  readonly assign: string;
  readonly json?: boolean;
}

/** `slipway ticket <environment>`. */
export function registerTicket(program: Command): void {
  program
    .command("ticket <environment>")
    .description("create the release's ticket, or update the one there is; never a second one")
    .option("--contains <issues>", "further issues that the release contains. Example: #12 #13", "")
    .option("--assign <logins>", "further people who must act, separated by commas", "")
    .option("--json", "print the ticket as JSON")
    .addHelpText("after", '\nExample: slipway ticket prod --contains "#12 #13" --assign ana')
    .action(async (environment: string, { contains, assign, json }: Options) => {
      const { config, file } = await loadStack(process.cwd(), environment);
      const request = ticketRequest(config);
      const forge = forgeOf(request?.forge, process.env);
      if (request === undefined || forge === undefined) throw new Refusal(file, [noForge(file)]);
      const people = assign.split(",").map((login) => login.trim());
      const ticket = await putReleaseTicket(forge, {
        ...request,
        contains: [...new Set([...request.contains, ...issuesNamed(contains)])],
        assignees: [...new Set([...request.assignees, ...people.filter((login) => login !== "")])],
      });
      console.log(json === true ? JSON.stringify(ticket) : `${ticket.title}: ${ticket.link}`);
    });
}

function noForge(file: string): Refusal["problems"][number] {
  return {
    where: "slipway:sources",
    found: "no forge at the last source",
    allowed: "the forge that keeps the tickets",
    mend: `edit ${file}`,
  };
}
