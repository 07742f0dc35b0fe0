import type { Command } from "commander";
import type { MaintenanceConfig } from "../lib/config/maintenance";
import type { DataStatus, ReleaseSpec } from "../lib/data/protocol";
import { Refusal } from "../lib/problem";
import { type EndedIn, endIn } from "../lib/release/maintenance/end-in";
import { titlesOf } from "../lib/release/maintenance/ledger";
import { maintenanceStatus, statusInWords } from "../lib/release/maintenance/status";
import { stopMaintenance } from "../lib/release/maintenance/stop";
import { specOf } from "./data-spec";
import { loadStack } from "./gated-stack";
import { operator } from "./operator";
import { withMaintenance } from "./maintenance-place";

/** `slipway maintenance …`: what is on, and its end without Pulumi. */
export function registerMaintenance(program: Command): void {
  const maintenance = program
    .command("maintenance")
    .description("maintenance of a stack's services: what is on, and its end after a release that failed");
  maintenance
    .command("status <environment>")
    .description("what is on in every service, and whose it is; changes nothing")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample: slipway maintenance status prod")
    .action(async (environment: string, { json }: { json?: boolean }) => {
      const { config } = await sectionOf(environment);
      const status = await withMaintenance(specOf(environment), config, ({ services, ledger }) =>
        maintenanceStatus(services, ledger, environment),
      );
      console.log(json === true ? JSON.stringify(status) : statusInWords(status));
    });
  maintenance
    .command("stop <environment>")
    .description("end our own maintenance in every service; foreign ones stay on")
    .option("--title <title>", "end the maintenance of this title, whoever put it on")
    .option("--json", "print what was ended as JSON")
    .addHelpText("after", "\nExample: slipway maintenance stop prod")
    .action(async (environment: string, { title, json }: { title?: string; json?: boolean }) => {
      const ended = await stop(environment, title);
      const words = ended.map(({ service, titles }) => `ended in ${service}: ${titles.join(", ")}`);
      if (json === true) console.log(JSON.stringify({ ended }));
      else console.log(words.length === 0 ? "maintenance: nothing of it is on" : words.join("\n"));
    });
}

/** The titles that were ended in one service. */
interface Ended {
  readonly service: string;
  readonly titles: readonly string[];
}

async function stop(environment: string, title: string | undefined): Promise<readonly Ended[]> {
  const { config } = await sectionOf(environment);
  const spec = specOf(environment);
  return withMaintenance(spec, config, async ({ services, ledger, status }) => {
    refuseWhileReleasing(spec, await status());
    const own = titlesOf(await ledger.read());
    if (title !== undefined && !own.includes(title)) {
      const mend = `slipway maintenance stop ${environment} --title ${JSON.stringify(title)}`;
      const ended = await Promise.all(services.map((service) => endIn(service, [title], mend)));
      const problems = ended.flatMap((one) => one.problems);
      if (problems.length > 0) throw new Refusal("maintenance is not ended everywhere", problems);
      return endedIn(ended);
    }
    const ended = await stopMaintenance(services, ledger, {
      environment,
      by: operator(process.env),
      now: new Date().toISOString(),
      // As it happens, for who waits; what was done is printed once all is.
      say: (line) => {
        console.error(line);
      },
    });
    return endedIn(ended);
  });
}

function endedIn(services: readonly EndedIn[]): readonly Ended[] {
  return services
    .filter(({ ended }) => ended.length > 0)
    .map(({ service, ended }) => ({ service, titles: ended }));
}

/** Users are not let in while their data are being migrated (rule A17). */
function refuseWhileReleasing({ environment }: ReleaseSpec, { open }: DataStatus): void {
  if (open?.ownerAlive !== true) return;
  throw new Refusal("maintenance", [
    {
      where: environment,
      found: `${open.id} under way (${open.stage})`,
      allowed: "no release under way",
      mend: `wait for it; or: slipway data abort ${environment}`,
    },
  ]);
}

async function sectionOf(environment: string): Promise<{ readonly config: MaintenanceConfig }> {
  const { config, file } = await loadStack(process.cwd(), environment);
  if (config.maintenance !== undefined) return { config: config.maintenance };
  throw new Refusal(file, [
    {
      where: "slipway:maintenance",
      found: "nothing",
      allowed: "the services that are put under maintenance, and their commands",
      mend: `edit ${file}`,
    },
  ]);
}
