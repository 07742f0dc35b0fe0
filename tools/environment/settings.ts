import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { Layout } from "./layout";
import { freePorts, isFree } from "./ports";
import { writePrivate } from "./private-file";
import { freeSubnet } from "./subnet";

/** Who takes a port. */
export const listeners = ["etcd", "etcdPeer", "api", "kubelet", "registry", "mongo"] as const;
export type Listener = (typeof listeners)[number];

/** Who talks to the API server. */
export const accounts = ["admin", "controllers", "scheduler", "node"] as const;
export type Account = (typeof accounts)[number];

const schema = z.strictObject({
  /** The first three numbers of the pods' network. Example: `10.211.7`. */
  subnet: z.string().regex(/^\d+\.\d+\.\d+$/),
  /** The services' network, whose first address is the API server's; a cluster keeps the one that it was made with. */
  services: z.string().default("10.96.0.0/24"),
  ports: z.record(z.enum(listeners), z.number().int()),
  tokens: z.record(z.enum(accounts), z.string()),
  passphrase: z.string(),
  registrySecret: z.string(),
  /** Passwords of the database's users. */
  mongo: z.strictObject({ admin: z.string(), slipway: z.string(), runtime: z.string(), reader: z.string() }),
});

/** What was chosen once for a state directory and stays: ports, names, secrets. The file is readable by its owner only. */
export type Settings = z.infer<typeof schema>;

/** Reads the settings, or makes them; a port that somebody else has taken meanwhile is chosen anew. */
export async function settle(layout: Layout): Promise<Settings> {
  const before = await readSettings(layout);
  const after = before === undefined ? await choose() : { ...before, ports: await recheck(before.ports) };
  if (JSON.stringify(before) !== JSON.stringify(after)) {
    await writePrivate(layout.at("settings.json"), `${JSON.stringify(after, null, 2)}\n`);
  }
  return after;
}

/** Reads the settings of a state directory that was used before; undefined where there are none that this version understands. */
export async function readSettings(layout: Layout): Promise<Settings | undefined> {
  const kept = await readFile(layout.at("settings.json"), "utf8").catch(() => undefined);
  return kept === undefined ? undefined : schema.safeParse(JSON.parse(kept)).data;
}

/** Names of what the environment makes outside its state directory, all with its id. */
export function namesOf(layout: Layout): {
  readonly node: string;
  readonly bridge: string;
  readonly chain: string;
} {
  return {
    node: `slipway-${layout.id}`,
    bridge: `slip${layout.id}`,
    chain: `SLIPWAY-${layout.id.toUpperCase()}`,
  };
}

/** The bridge's own address, the pods' network, and how pods know the API server: the first address of the services' network. */
export function addressesOf({ subnet, services }: Settings): {
  readonly gateway: string;
  readonly pods: string;
  readonly apiService: string;
} {
  return { gateway: `${subnet}.1`, pods: `${subnet}.0/24`, apiService: services.replace(/\.0\/24$/, ".1") };
}

async function choose(): Promise<Settings> {
  const secret = (): string => randomBytes(24).toString("hex");
  const ports = await freePorts(listeners.length);
  const subnet = await freeSubnet();
  return {
    subnet,
    // Nothing carries packets to other services here, so their addresses may be pods' too.
    services: `${subnet}.0/24`,
    ports: Object.fromEntries(listeners.map((name, index) => [name, ports[index] ?? 0])) as Settings["ports"],
    tokens: Object.fromEntries(accounts.map((name) => [name, secret()])) as Settings["tokens"],
    passphrase: secret(),
    registrySecret: secret(),
    mongo: { admin: secret(), slipway: secret(), runtime: secret(), reader: secret() },
  };
}

async function recheck(ports: Settings["ports"]): Promise<Settings["ports"]> {
  const checked = { ...ports };
  for (const name of listeners) {
    if (await isFree(checked[name])) continue;
    const [port = 0] = await freePorts(1, Object.values(checked));
    checked[name] = port;
  }
  return checked;
}
