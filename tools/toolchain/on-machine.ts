import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { promisify } from "node:util";
import semver from "semver";
import type { OnMachine } from "./recipe";

const run = promisify(execFile);

/** Finds an executable on a PATH. */
export async function findOnPath(
  name: string,
  path = process.env["PATH"] ?? "",
): Promise<string | undefined> {
  for (const folder of path.split(delimiter).filter((part) => isAbsolute(part))) {
    const file = join(folder, name);
    if (
      await access(file, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return file;
  }
  return undefined;
}

/**
 * Whether the machine's own executables are there and new enough.
 * @returns each program's file, or undefined when one is missing, too old, or does not tell its version.
 */
export async function findOnMachine(
  wanted: OnMachine,
  path = process.env["PATH"] ?? "",
): Promise<ReadonlyMap<string, string> | undefined> {
  const found = new Map<string, string>();
  for (const program of wanted.programs) {
    const file = await findOnPath(program, path);
    if (file === undefined) return undefined;
    found.set(program, file);
  }
  const [command = "", ...args] = wanted.version;
  const file = found.get(command) ?? command;
  try {
    const env = { ...process.env, PATH: path, PULUMI_SKIP_UPDATE_CHECK: "true" };
    const { stdout } = await run(file, args, { env, timeout: 20_000 });
    const version = semver.coerce(stdout.split("\n")[0]);
    return version !== null && semver.gte(version, wanted.atLeast) ? found : undefined;
  } catch {
    return undefined;
  }
}
