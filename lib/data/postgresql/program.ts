import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { Refusal } from "../../problem";
import type { Secrets } from "../secrets";
import type { PostgresServer } from "./server";

/** Bytes of a program's complaints that are kept: the first ones say why. */
const keptComplaints = 4_000;

/** A program at work on a database. */
export interface Running {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Settles when it has ended. @throws Refusal with its own complaints when it failed. */
  readonly ended: Promise<void>;
}

/** PostgreSQL's own programs, on this machine's PATH. */
export class Programs {
  constructor(
    private readonly server: PostgresServer,
    private readonly secrets: Secrets,
  ) {}

  /** Starts a program on a database; whoever starts it feeds it, reads it and awaits its end. */
  start(program: string, args: readonly string[], database: string): Running {
    const child = spawn(program, [...args], { env: this.server.environment(database), stdio: "pipe" });
    // One that ended before it was fed says why itself.
    child.stdin.on("error", () => undefined);
    let complaints = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      if (complaints.length < keptComplaints) complaints += text;
    });
    const ended = endOf(child).then((end) => {
      if (end !== 0) throw this.#failed(program, database, complaints.trim(), end);
    });
    return { stdin: child.stdin, stdout: child.stdout, ended };
  }

  /**
   * Runs a program on a database until it ends.
   * @returns what it wrote to its standard output.
   * @throws Refusal with its own complaints when it fails.
   */
  async run(program: string, args: readonly string[], database: string): Promise<string> {
    const { stdin, stdout, ended } = this.start(program, args, database);
    const said: Buffer[] = [];
    stdin.end();
    stdout.on("data", (bytes: Buffer) => said.push(bytes));
    await ended;
    return Buffer.concat(said).toString("utf8");
  }

  #failed(program: string, database: string, complaints: string, end: number | string): Refusal {
    return new Refusal(program, [
      {
        where: `${program} on ${database}`,
        found: this.secrets.redact(complaints === "" ? `it ended with ${end}` : complaints),
        allowed: "a run without an error",
        mend: `what it complains of; ${program} of the server's major version or a newer one must be on PATH`,
      },
    ]);
  }
}

/** How a process ended, once all that it wrote has come: its exit code, the signal that killed it, or why it never began. */
export function endOf(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve) => {
    child.on("error", (error) => {
      resolve(error.message);
    });
    child.on("close", (exit, signal) => {
      resolve(exit ?? signal ?? "no exit code");
    });
  });
}
