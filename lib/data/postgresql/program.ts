import type { Readable, Writable } from "node:stream";
import { Refusal } from "../../problem";
import type { Secrets } from "../secrets";
import { Child } from "./child";
import type { PostgresServer } from "./server";

/** A program at work on a database. */
export interface Running {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Settles when it has ended. @throws Refusal with its own complaints when it failed. */
  readonly ended: Promise<void>;
}

/** PostgreSQL's own programs, on this machine's PATH. */
export class Programs {
  /** @param mayGoOn asked while a program runs, which is ended when it throws. */
  constructor(
    private readonly server: PostgresServer,
    private readonly secrets: Secrets,
    private readonly mayGoOn: () => void,
  ) {}

  /** Starts a program on a database; whoever starts it feeds it, reads it and awaits its end. */
  start(program: string, args: readonly string[], database: string): Running {
    const command = { program, args, env: this.server.environment(database) };
    const child = new Child(command, "pipe", "first");
    const { input, output } = child;
    // One that ended before it was fed says why itself.
    input.on("error", () => undefined);
    const ended = child.end(this.secrets, this.mayGoOn).then(({ failed, says }) => {
      if (failed) throw refused(program, database, says);
    });
    return { stdin: input, stdout: output, ended };
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
}

function refused(program: string, database: string, says: string): Refusal {
  return new Refusal(program, [
    {
      where: `${program} on ${database}`,
      found: says,
      allowed: "a run without an error",
      mend: `what it complains of; ${program} of the server's major version or a newer one must be on PATH`,
    },
  ]);
}
