import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Layout } from "../layout";
import { addressesOf, namesOf, type Settings } from "../settings";
import type { NodePrograms } from "./machine";

const run = promisify(execFile);

type Tools = Pick<NodePrograms, "ip" | "iptables">;

/**
 * Makes the node's bridge, with an address for this machine. Packets for the pods' network that come from anywhere but this
 * machine and the bridge itself are dropped: Linux would take them from other interfaces too.
 */
export async function makeNetwork(layout: Layout, settings: Settings, tools: Tools): Promise<void> {
  await removeNetwork(layout, tools);
  const { bridge, chain } = namesOf(layout);
  const { gateway, pods } = addressesOf(settings);
  const rule = (...args: string[]): Promise<unknown> => run(tools.iptables, ["-w", ...args]);
  await rule("-N", chain);
  await rule("-A", chain, "-i", "lo", "-j", "RETURN");
  await rule("-A", chain, "-i", bridge, "-j", "ACCEPT");
  await rule("-A", chain, "-j", "DROP");
  for (const builtin of ["INPUT", "FORWARD"]) await rule("-I", builtin, "-d", pods, "-j", chain);
  // Without a hardware address of its own a bridge takes over its ports', and each pod that comes or goes would cut off the others.
  await run(tools.ip, ["link", "add", "name", bridge, "address", hardwareAddress(gateway), "type", "bridge"]);
  await run(tools.ip, ["address", "add", `${gateway}/24`, "dev", bridge]);
  await run(tools.ip, ["link", "set", bridge, "up"]);
}

/** One that is administered here, and as unlike others as the address of the network. */
function hardwareAddress(address: string): string {
  const bytes = address.split(".").map((part) => Number(part).toString(16).padStart(2, "0"));
  return `0a:58:${bytes.join(":")}`;
}

/** Removes all of it, however far it had got. */
export async function removeNetwork(layout: Layout, tools: Tools): Promise<void> {
  const { bridge, chain } = namesOf(layout);
  const quietly = (command: string, ...args: string[]): Promise<string> =>
    run(command, args).then(
      ({ stdout }) => stdout,
      () => "",
    );
  await quietly(tools.ip, "link", "delete", bridge);
  const rules = (await quietly(tools.iptables, "-w", "-S")).split("\n");
  for (const rule of rules.filter((line) => line.startsWith("-A ") && line.endsWith(` -j ${chain}`))) {
    await quietly(tools.iptables, "-w", "-D", ...rule.split(" ").slice(1));
  }
  await quietly(tools.iptables, "-w", "-F", chain);
  await quietly(tools.iptables, "-w", "-X", chain);
}
