import { randomInt } from "node:crypto";
import { readFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";

interface Network {
  readonly address: number;
  readonly mask: number;
}

/** The first three numbers of a /24 under 10.0.0.0/8 that no interface and no route of this machine uses. */
export async function freeSubnet(): Promise<string> {
  const used = [...interfaces(), ...(await routes())];
  for (let tries = 0; tries < 1000; tries += 1) {
    const subnet = `10.${randomInt(64, 255)}.${randomInt(0, 255)}`;
    const address = toNumber(`${subnet}.0`);
    const mask = 0xffffff00;
    if (!used.some((other) => overlap(other, { address, mask }))) return subnet;
  }
  throw new Error("every network tried under 10.0.0.0/8 is in use on this machine");
}

function overlap(one: Network, other: Network): boolean {
  const mask = one.mask & other.mask;
  return (one.address & mask) === (other.address & mask);
}

function interfaces(): Network[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((address) => address.family === "IPv4")
    .map((address) => ({ address: toNumber(address.address), mask: toNumber(address.netmask) }));
}

/** The kernel's table: little-endian hexadecimal, a default route (mask 0) left out. */
async function routes(): Promise<Network[]> {
  const table = await readFile("/proc/net/route", "utf8").catch(() => "");
  return table
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split("\t"))
    .map((fields) => ({ address: fromKernel(fields[1] ?? "0"), mask: fromKernel(fields[7] ?? "0") }))
    .filter((route) => route.mask !== 0);
}

function fromKernel(hex: string): number {
  return Buffer.from(hex.padStart(8, "0"), "hex").readUInt32LE();
}

function toNumber(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}
