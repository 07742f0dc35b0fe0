import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Layout } from "../layout";
import { writePrivate } from "../private-file";

/** What the kubelet sets for the whole machine when it starts, and leaves so. */
const setByKubelet: Readonly<Record<string, string>> = {
  "vm/overcommit_memory": "1",
  "vm/panic_on_oom": "0",
  "kernel/panic": "10",
  "kernel/panic_on_oops": "1",
  "kernel/keys/root_maxkeys": "1000000",
  "kernel/keys/root_maxbytes": "25000000",
};

/**
 * Writes down the machine's own values before the kubelet changes them. A value that is the kubelet's already is not written down:
 * another environment changed it and has the machine's own.
 */
export async function saveKernelSettings(layout: Layout, root = "/proc/sys"): Promise<void> {
  const saved: Record<string, string> = {};
  for (const [name, changed] of Object.entries(setByKubelet)) {
    const value = await read(join(root, name));
    if (value !== undefined && value !== changed) saved[name] = value;
  }
  if (Object.keys(saved).length > 0) await writePrivate(file(layout), JSON.stringify(saved));
}

/** Puts the machine's own values back, except those that somebody else has changed meanwhile. */
export async function restoreKernelSettings(layout: Layout, root = "/proc/sys"): Promise<void> {
  const text = await readFile(file(layout), "utf8").catch(() => undefined);
  if (text === undefined) return;
  for (const [name, value] of Object.entries(JSON.parse(text) as Record<string, string>)) {
    if ((await read(join(root, name))) === setByKubelet[name]) await writeFile(join(root, name), value);
  }
  await rm(file(layout));
}

function file(layout: Layout): string {
  return layout.at("kernel-settings.json");
}

async function read(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").then(
    (text) => text.trim(),
    () => undefined,
  );
}
