import { spawn } from "node:child_process";
import { Refusal } from "../../problem";
import type { Secrets } from "../secrets";
import type { PostgresServer } from "./server";

/** Bytes of a program's complaints that are kept: the first ones say why. */
const keptComplaints = 4_000;

/** PostgreSQL's own programs, on this machine's PATH. */
export class Programs {
  constructor(
    private readonly server: PostgresServer,
    private readonly secrets: Secrets,
  ) {}

  /**
   * Runs a program on a database until it ends.
   * @returns what it wrote to its standard output.
   * @throws Refusal with its own complaints when it fails.
   */
  async run(program: string, args: readonly string[], database: string): Promise<string> {
    const child = spawn(program, [...args], {
      env: this.server.environment(database),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const said: Buffer[] = [];
    let complaints = "";
    child.stdout.on("data", (bytes: Buffer) => said.push(bytes));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      if (complaints.length < keptComplaints) complaints += text;
    });
    const code = await new Promise<number | string>((resolve) => {
      child.on("error", (error) => {
        resolve(error.message);
      });
      child.on("close", (exit, signal) => {
        resolve(exit ?? signal ?? "no exit code");
      });
    });
    if (code === 0) return Buffer.concat(said).toString("utf8");
    throw new Refusal(program, [
      {
        where: `${program} on ${database}`,
        found: this.secrets.redact(complaints.trim() === "" ? `it ended with ${code}` : complaints.trim()),
        allowed: "a run without an error",
        mend: `what it complains of; ${program} of the server's major version or a newer one must be on PATH`,
      },
    ]);
  }
}
