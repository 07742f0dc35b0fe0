import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { Refusal } from "../../lib/problem";

/** How many of the last lines of a failed build an error shows. */
const lastLines = 15;

export interface LoggedCommand {
  /** Whose command it is. Example: `tool kubernetes`. */
  readonly subject: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Everything the command prints is appended here. */
  readonly log: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a command to its end, its output in a log file.
 * @returns its standard output.
 * @throws Refusal with the last lines of its output and the log's name.
 */
export async function runLogged(asked: LoggedCommand): Promise<string> {
  asked.signal?.throwIfAborted();
  const log = createWriteStream(asked.log, { flags: "a", mode: 0o600 });
  log.write(`$ ${asked.command} ${asked.args.join(" ")}\n`);
  let output = "";
  let all = "";
  const child = spawn(asked.command, [...asked.args], {
    cwd: asked.cwd,
    env: asked.env,
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own where it can be stopped: then its children are stopped with it.
    detached: asked.signal !== undefined,
  });
  const stop = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  };
  asked.signal?.addEventListener("abort", stop);
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk;
    all = keepEnd(all + chunk);
    log.write(chunk);
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    all = keepEnd(all + chunk);
    log.write(chunk);
  });
  const ended = await new Promise<string>((resolve) => {
    child.on("error", (error) => {
      resolve(error.message);
    });
    child.on("close", (code, signal) => {
      resolve(code === 0 ? "" : (signal ?? `exit code ${code ?? "unknown"}`));
    });
  });
  asked.signal?.removeEventListener("abort", stop);
  log.end();
  await finished(log);
  asked.signal?.throwIfAborted();
  if (ended === "") return output;
  const shown = all.trimEnd().split("\n").slice(-lastLines).join("\n    ");
  throw new Refusal(asked.subject, [
    {
      where: `${asked.command} ${asked.args[0] ?? ""}`.trim(),
      found: `${ended}; its last lines:\n    ${shown}\n   `,
      allowed: "a command that succeeds",
      mend: `read ${asked.log}, then start again: what was built stays, nothing half-made is left`,
    },
  ]);
}

function keepEnd(text: string): string {
  return text.length > 100_000 ? text.slice(-50_000) : text;
}
