import type { MaintenanceConfig } from "../../config/maintenance";
import type { ClusterSpec } from "../../data/protocol";
import { CommandService } from "./command-service";
import type { MaintainedService } from "./maintained-service";
import { PodPlace } from "./pod-place";
import { ProcessPlace } from "./process-place";

/**
 * The services that a stack file names, in its order.
 * @param folder where commands of this machine are run: the project's.
 */
export function servicesOf(
  { services, timeout }: MaintenanceConfig,
  cluster: ClusterSpec,
  folder: string,
): readonly MaintainedService[] {
  return Object.entries(services).map(([name, config]) => {
    const place =
      config.in === "pod"
        ? new PodPlace(cluster, config.service ?? name, config.container, timeout)
        : new ProcessPlace(folder, timeout);
    return new CommandService(name, config, place);
  });
}
