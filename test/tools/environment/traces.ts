import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";

/** Everything of a state directory's environment that can be found on this machine, in words; empty when it is really down. */
export function tracesOf(state: string): string[] {
  const folder = realpathSync(state);
  return [
    ...processes(folder).map((text) => `process: ${text}`),
    ...mounts(folder).map((text) => `mount: ${text}`),
    ...(process.getuid?.() === 0 ? network(folder) : []),
    ...links(folder).map((text) => `log link: ${text}`),
  ];
}

/** Names of all processes that the state directory is visible in: by environment, arguments or open working folder. */
function processes(folder: string): string[] {
  return names("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      const command = read(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
      const marked = read(`/proc/${pid}/environ`).includes(`SLIPWAY_SERVER_OF=${folder}\0`);
      return marked || command.includes(`${folder}/`) ? [`${pid} ${command.slice(0, 120)}`] : [];
    });
}

function mounts(folder: string): string[] {
  return read("/proc/self/mountinfo")
    .split("\n")
    .filter((line) => line.includes(` ${folder}/`));
}

/** Bridges and firewall chains that are named after the state directory; the chain's name tells. */
function network(folder: string): string[] {
  const { subnet } = JSON.parse(read(join(folder, "settings.json")) || "{}") as { subnet?: string };
  if (subnet === undefined) return [];
  const interfaces = Object.entries(networkInterfaces())
    .filter(([, addresses]) => addresses?.some((one) => one.address.startsWith(`${subnet}.`)))
    .map(([name]) => `interface: ${name}`);
  const { stdout } = spawnSync("iptables", ["-w", "-S"], { encoding: "utf8" });
  const rules = (stdout as string | null) ?? "";
  return [...interfaces, ...rules.split("\n").filter((line) => line.includes(` ${subnet}.0/24 `))];
}

function links(folder: string): string[] {
  return names("/var/log/containers").filter((name) => {
    try {
      return readlinkSync(join("/var/log/containers", name)).startsWith(folder);
    } catch {
      return false;
    }
  });
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
