import type { Command } from "commander";
import type { MaintenanceConfig } from "../lib/config/maintenance";
import type { DataStatus, ReleaseSpec } from "../lib/data/protocol";
import { Refusal } from "../lib/problem";
import { endIn } from "../lib/release/maintenance/end-in";
import { titlesOf } from "../lib/release/maintenance/ledger";
import { maintenanceStatus, statusInWords } from "../lib/release/maintenance/status";
import { stopMaintenance } from "../lib/release/maintenance/stop";
import { specOf } from "./data-spec";
import { loadStack, operator } from "./gated-stack";
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
    .addHelpText("after", "\nExample: slipway maintenance stop prod")
    .action(async (environment: string, { title }: { title?: string }) => {
      await stop(environment, title);
    });
}

async function stop(environment: string, title: string | undefined): Promise<void> {
  const { config } = await sectionOf(environment);
  const spec = specOf(environment);
  await withMaintenance(spec, config, async ({ services, ledger, status }) => {
    refuseWhileReleasing(spec, await status());
    const own = titlesOf(await ledger.read());
    if (title !== undefined && !own.includes(title)) {
      const mend = `slipway maintenance stop ${environment} --title ${JSON.stringify(title)}`;
      const ended = await Promise.all(services.map((service) => endIn(service, [title], mend)));
      const problems = ended.flatMap((one) => one.problems);
      if (problems.length > 0) throw new Refusal("maintenance is not ended everywhere", problems);
      const where = ended.filter((one) => one.ended.length > 0).map(({ service }) => service);
      console.log(
        where.length === 0 ? `nothing of this title is on` : `ended in ${where.join(", ")}: ${title}`,
      );
      return;
    }
    const ended = await stopMaintenance(services, ledger, {
      environment,
      by: operator(process.env),
      now: new Date().toISOString(),
      say: (line) => {
        console.log(line);
      },
    });
    if (ended.every((one) => one.ended.length === 0)) console.log("maintenance: none of ours is on");
  });
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
