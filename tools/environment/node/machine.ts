import { readFile } from "node:fs/promises";
import { findOnPath } from "../../toolchain/on-machine";
import type { Layout } from "../layout";

/** The Debian packages that make a real node possible. */
export const packages = "containerd runc containernetworking-plugins iptables iproute2";

/** The machine's programs for a real node. */
export interface NodePrograms {
  readonly containerd: string;
  readonly ctr: string;
  readonly iptables: string;
  readonly ip: string;
  readonly umount: string;
  /** Folder of the CNI plugins. */
  readonly cni: string;
}

export type Machine =
  | { readonly node: "real"; readonly programs: NodePrograms }
  | {
      readonly node: "played";
      /** What the machine lacks for a real node, in words. */
      readonly lacks: readonly string[];
    };

/** PATH with the folders of the administrator's programs, which an ordinary PATH often lacks. */
export function machinePath(): string {
  return [process.env["PATH"] ?? "", "/usr/local/sbin", "/usr/sbin", "/sbin"].join(":");
}

/** Whether this machine can run containers for this state directory. */
export async function inspectMachine(layout: Layout): Promise<Machine> {
  if (process.platform !== "linux") return { node: "played", lacks: ["Linux"] };
  const lacks: string[] = [];
  if (process.getuid?.() !== 0) lacks.push("root");
  else if (!(await mayAdminister())) lacks.push("the capabilities to mount and to make networks");
  const program = async (name: string): Promise<string> => {
    const file = await findOnPath(name, machinePath());
    if (file === undefined) lacks.push(name);
    return file ?? "";
  };
  const programs: NodePrograms = {
    containerd: await program("containerd"),
    ctr: await program("ctr"),
    iptables: await program("iptables"),
    ip: await program("ip"),
    umount: await program("umount"),
    cni: await pluginFolder(lacks),
  };
  await program("runc");
  await program("containerd-shim-runc-v2");
  // A socket's path holds 107 characters; the longest that is made here adds about 45 to the state directory's.
  if (layout.state.length > 60)
    lacks.push(`a state directory of at most 60 characters (it has ${layout.state.length})`);
  return lacks.length === 0 ? { node: "real", programs } : { node: "played", lacks };
}

async function pluginFolder(lacks: string[]): Promise<string> {
  for (const folder of ["/usr/lib/cni", "/opt/cni/bin", "/usr/libexec/cni"]) {
    const plugins = ["bridge", "host-local", "loopback"].map((name) => findOnPath(name, folder));
    if ((await Promise.all(plugins)).every((file) => file !== undefined)) return folder;
  }
  lacks.push("CNI plugins");
  return "";
}

/** CAP_NET_ADMIN (12) and CAP_SYS_ADMIN (21): root inside a container often lacks them. */
async function mayAdminister(): Promise<boolean> {
  const status = await readFile("/proc/self/status", "utf8");
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0"}`);
  return [12n, 21n].every((bit) => (effective >> bit) % 2n === 1n);
}
