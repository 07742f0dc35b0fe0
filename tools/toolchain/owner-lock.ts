import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  formatIdentity,
  isAlive,
  ownIdentity,
  parseIdentity,
  type ProcessIdentity,
} from "./process-identity";

/** How often a waiting process looks whether the lock is free, in milliseconds. */
const lookEvery = 200;

/**
 * Runs `work` while this process alone holds the lock file. The lock of a process that has died is taken over, so a crash
 * never needs a person to clean up. Inside one process it excludes as well.
 * @param waiting is called once when another process holds the lock, with its identity.
 */
export async function whileOwning<T>(
  file: string,
  work: () => Promise<T>,
  waiting: (owner: ProcessIdentity) => void = () => undefined,
  signal?: AbortSignal,
): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  const token = `${formatIdentity(ownIdentity())}\n${randomUUID()}\n`;
  let told = false;
  for (;;) {
    signal?.throwIfAborted();
    const holder = await tryToOwn(file, token);
    if (holder === "owned") break;
    if (holder !== undefined && !told) {
      told = true;
      waiting(holder);
    }
    await sleep(lookEvery, undefined, { signal });
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function tryToOwn(file: string, token: string): Promise<"owned" | ProcessIdentity | undefined> {
  const own = `${file}.${randomUUID()}`;
  await writeFile(own, token, { mode: 0o600 });
  try {
    // A hard link appears whole or not at all: nobody ever reads a half-written owner.
    await link(own, file);
    return "owned";
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(own, { force: true });
  }
  const holder = parseIdentity((await readIfThere(file))?.split("\n")[0] ?? "");
  if (holder !== undefined && !isAlive(holder)) await putAside(file);
  return holder;
}

/** Takes a dead owner's lock away; when another process was faster and the lock is a living owner's, puts it back. */
async function putAside(file: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  const taken = parseIdentity((await readFile(aside, "utf8")).split("\n")[0] ?? "");
  if (taken !== undefined && isAlive(taken)) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

async function readIfThere(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch(() => undefined);
}
