import { clusterSpec } from "../../../config/release-inputs";
import { found, unjudged } from "../../../evidence/finding";
import { lookAtAll, onIn, unknowns } from "../../maintenance/look";
import { servicesOf } from "../../maintenance/services-of";
import type { DataFacts } from "../data-facts";
import { commandFact, told } from "./commands";
import type { GatherRequest } from "./request";

type Maintenance = DataFacts["maintenance"];

/** A18: what is on in the services now: told by a command of the stack file, or else by the services themselves. */
export async function maintenanceFact({ config, policy, project, now }: GatherRequest): Promise<Maintenance> {
  const command = config.gates.evidence.maintenance;
  if (command !== undefined || config.maintenance === undefined || !policy.gates.includes("A18"))
    return commandFact("maintenance", command, told.maintenance, project);
  const looked = await lookAtAll(servicesOf(config.maintenance, clusterSpec(config), project));
  const [unknown] = unknowns(looked, "mend the service or its commands");
  if (unknown !== undefined) return unjudged(unknown);
  const records = looked.flatMap((one) =>
    onIn(one).map(({ title, start }) => ({ service: one.service.name, title, since: start ?? "some time" })),
  );
  const names = Object.keys(config.maintenance.services).join(", ");
  const evidence = {
    what: `${names} were asked`,
    where: "slipway:maintenance",
    when: now,
    by: "the services",
  };
  return found(records, evidence);
}
