import { execFile } from "node:child_process";
import { chmod, chown, mkdir, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { PostgresPrograms } from "./programs";
import { asUser, serverUser, type ServerUser } from "./unprivileged";

const run = promisify(execFile);

export type ServerPrograms = Extract<PostgresPrograms, { kind: "server" }>;

/** How one server runs. */
export interface ClusterPlan {
  readonly programs: ServerPrograms;
  /** Everything of this server lies here: data and socket. It must let the server's user pass. */
  readonly folder: string;
  readonly port: number;
  /** Default: loopback only. */
  readonly listen?: readonly string[];
  /** Networks from which it takes whoever has a password. Default: loopback only. */
  readonly clients?: readonly string[];
  /**
   * Whether a power cut may not lose anything that was committed. Without, a killed server still loses nothing: what it wrote
   * is the kernel's; only the machine's own fall would lose it. Tests do without.
   */
  readonly durable: boolean;
  /** Settings of the server beyond ours. Example: `{ shared_buffers: "256MB" }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Makes the data folder of a new server, owned by the user that runs it; where it is there it only says anew who may connect.
 * @param admin password of the user `postgres`.
 */
export async function makeCluster(plan: ClusterPlan, admin: string): Promise<void> {
  const { programs, folder, durable } = plan;
  const user = serverUser();
  await own(folder, user);
  await writeAccess(plan, user);
  if (existsSync(dataOf(folder))) return;
  // Under another name until it is whole: a start that was killed leaves nothing that looks like a server's data.
  const draft = join(folder, "data.draft");
  const secret = join(folder, "admin-password");
  await rm(draft, { recursive: true, force: true });
  await writeFile(secret, `${admin}\n`, { mode: 0o600 });
  if (user !== undefined) await chown(secret, user.uid, user.gid);
  try {
    const options = ["--username=postgres", "--encoding=UTF8", "--locale=C", "--auth=scram-sha-256"];
    const args = [`--pgdata=${draft}`, ...options, `--pwfile=${secret}`, ...(durable ? [] : ["--no-sync"])];
    const made = asUser(user, programs.initdb, args);
    await run(made.command, [...made.args], { cwd: folder });
    const done = asUser(user, "mv", [draft, dataOf(folder)]);
    await run(done.command, [...done.args], { cwd: folder });
  } finally {
    await rm(secret, { force: true });
  }
}

/** The command line of a server; no secret stands in it (rule X5). */
export function serverCommand(plan: ClusterPlan): {
  readonly command: string;
  readonly args: readonly string[];
} {
  const settings: Readonly<Record<string, string>> = {
    listen_addresses: (plan.listen ?? ["127.0.0.1"]).join(","),
    port: String(plan.port),
    unix_socket_directories: plan.folder,
    hba_file: accessOf(plan.folder),
    shared_buffers: "64MB",
    max_connections: "60",
    // Jobs of a load in parallel must not wait for each other's checkpoints.
    max_wal_size: "2GB",
    ...(plan.durable ? {} : { fsync: "off", full_page_writes: "off" }),
    ...plan.settings,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  return asUser(serverUser(), plan.programs.postgres, ["-D", dataOf(plan.folder), ...args]);
}

/** Folder of the server's data. */
export function dataOf(folder: string): string {
  return join(folder, "data");
}

/** Who may connect from where: nobody without a password. */
async function writeAccess({ folder, clients }: ClusterPlan, user: ServerUser | undefined): Promise<void> {
  const networks = (clients ?? ["127.0.0.1/32"]).map((network) => `host all all ${network} scram-sha-256`);
  const file = accessOf(folder);
  await writeFile(file, `${["local all all scram-sha-256", ...networks].join("\n")}\n`, { mode: 0o600 });
  if (user !== undefined) await chown(file, user.uid, user.gid);
}

function accessOf(folder: string): string {
  return join(folder, "access.conf");
}

/** The folder is its user's alone; folders that are made on the way to it let him pass, whatever the umask. */
async function own(folder: string, user: ServerUser | undefined): Promise<void> {
  const way = dirname(folder);
  const first = await mkdir(way, { recursive: true, mode: 0o700 });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (user === undefined) return;
  await chown(folder, user.uid, user.gid);
  if (first === undefined) return;
  for (let made = way; made.length >= first.length; made = dirname(made)) await chmod(made, 0o711);
}
