import { constants, readFileSync } from "node:fs";
import { access, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** Who runs the server where this process is root: PostgreSQL refuses to. */
export interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** The user `nobody`, where this process is root and must step down; undefined where it is an ordinary user itself. */
export function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((one) => one.startsWith("nobody:"));
  const [name = "", , uid = "", gid = ""] = line?.split(":") ?? [];
  if (name === "") throw new Error("root cannot run PostgreSQL, and /etc/passwd has no user nobody");
  return { name, uid: Number(uid), gid: Number(gid) };
}

/** A command as this user, with none of root's groups. */
export function asUser(
  user: ServerUser | undefined,
  command: string,
  args: readonly string[],
): { readonly command: string; readonly args: readonly string[] } {
  if (user === undefined) return { command, args };
  const drop = [`--reuid=${user.uid}`, `--regid=${user.gid}`, "--clear-groups"];
  return { command: "setpriv", args: [...drop, "--", command, ...args] };
}

/** Whether this user can get to what lies in a folder: each folder on the way lets everybody pass. */
export async function isReachable(folder: string, user: ServerUser | undefined): Promise<boolean> {
  if (user === undefined) return true;
  for (let place = folder; ; place = dirname(place)) {
    const found = await stat(place).catch(() => undefined);
    const passes = found === undefined || (found.mode & constants.S_IXOTH) !== 0 || found.uid === user.uid;
    if (!passes) return false;
    if (place === dirname(place)) return true;
  }
}

/** Whether a file may be executed. */
export async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
