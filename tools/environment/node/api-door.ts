import { connect } from "node:net";
import { once } from "node:events";
import { compiledFile } from "../../../lib/package-root";
import type { ServerPlan } from "../processes";
import { addressesOf, type Settings } from "../settings";

/** The port that every pod is told, by the service `kubernetes`. */
const port = 443;

/**
 * Where pods reach the API server, which listens on loopback: the first address of the services' network is the bridge's own, and
 * there stands a process that passes on. So a pod finds the server as in every cluster, without rules in the machine's kernel.
 * @returns undefined for a cluster that was made when services had a network of their own: no pod finds its API server.
 */
export function apiDoor(settings: Settings): ServerPlan | undefined {
  const main = compiledFile("tools/environment/node/api-door-main.js");
  const { apiService, gateway } = addressesOf(settings);
  if (apiService !== gateway) return undefined;
  const args = [main, apiService, String(port), String(settings.ports.api)];
  return { name: "api-door", command: process.execPath, args };
}

/** Whether it lets anybody in. @throws while it does not. */
export async function isDoorOpen(settings: Settings): Promise<boolean> {
  const socket = connect({ host: addressesOf(settings).apiService, port });
  try {
    await once(socket, "connect");
    return true;
  } finally {
    socket.destroy();
  }
}
