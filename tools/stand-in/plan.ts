import { join } from "node:path";

/** How one stand-in server is to run. */
export interface StandInPlan {
  /** The tool's folder, as `provideStandIn` returns it. */
  readonly folder: string;
  /** The access file (see `accessFile`); without it nobody has to log in, and everybody may do everything. */
  readonly access?: string;
  /** Addresses to listen on. Port 0 takes a free one. Default: `127.0.0.1:0`. */
  readonly listen?: readonly string[];
  /** Folder of the durable backend; in memory when absent. */
  readonly data?: string;
  /** The most memory that the server's heap may take, in MiB. Default: 512. */
  readonly heapMiB?: number;
  /** Ends when its standard input closes. */
  readonly exitWithParent?: boolean;
  /** Has mongod's test command `configureFailPoint`. */
  readonly testCommands?: boolean;
}

/** The command line of a stand-in server; no secret stands in it (rule X5). */
export function standInCommand(plan: StandInPlan): {
  readonly command: string;
  readonly args: readonly string[];
} {
  const classPath = [join(plan.folder, "stand-in.jar"), join(plan.folder, "lib", "*")].join(
    process.platform === "win32" ? ";" : ":",
  );
  return {
    command: "java",
    args: [
      `-Xmx${plan.heapMiB ?? 512}m`,
      "-Xms32m",
      "-XX:+UseSerialGC",
      // A server without memory would answer some and not others: it ends instead, and says why.
      "-XX:+ExitOnOutOfMemoryError",
      "-cp",
      classPath,
      "org.slipway.standin.Main",
      ...(plan.listen ?? ["127.0.0.1:0"]).flatMap((address) => ["--listen", address]),
      ...(plan.access === undefined ? [] : ["--access", plan.access]),
      ...(plan.data === undefined ? [] : ["--data", plan.data]),
      ...(plan.exitWithParent === true ? ["--exit-with-parent"] : []),
      ...(plan.testCommands === true ? ["--test-commands"] : []),
    ],
  };
}
