import { spawn } from "node:child_process";
import { devNull } from "node:os";

/** How a git command ended. `failed` has no exit code: it could not be started, or did not end in time. */
export type GitOutcome =
  | { readonly ended: "exit"; readonly code: number; readonly output: string; readonly says: string }
  | { readonly ended: "failed"; readonly says: string };

/** The same, with the output as bytes. */
export type GitBytes =
  | { readonly ended: "exit"; readonly code: number; readonly output: Buffer; readonly says: string }
  | { readonly ended: "failed"; readonly says: string };

// Settings that make git read what is there and nothing else: no hooks, no monitor, no housekeeping, no odd transports.
const settings = [
  "core.fsmonitor=false",
  `core.hooksPath=${devNull}`,
  "gc.auto=0",
  "maintenance.auto=false",
  "protocol.ext.allow=never",
  "log.showSignature=false",
  "color.ui=false",
  "core.quotePath=false",
].flatMap((setting) => ["-c", setting]);

const kept = new Set(["GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSL_CAINFO", "GIT_SSL_NO_VERIFY", "GIT_EXEC_PATH"]);
const mostOutput = 64 * 1024 * 1024;

/** A header for a forge's https address, handed over in the environment and never in an argument (X5). */
export interface GitAuthorization {
  /** Example: `https://github.com/`. */
  readonly address: string;
  readonly header: string;
}

/**
 * Runs the machine's `git` in a folder: without a shell, without a terminal to ask at, without the caller's GIT_* variables, with
 * replacements and grafts off, so that ancestry is what the commits say. Ends it after `seconds`.
 */
export async function git(
  folder: string,
  args: readonly string[],
  seconds = 60,
  authorization?: GitAuthorization,
): Promise<GitOutcome> {
  const outcome = await started(folder, args, "", seconds, authorization);
  return outcome.ended === "failed" ? outcome : { ...outcome, output: outcome.output.toString("utf8") };
}

/** The same for a command that is asked on its standard input, and answers in bytes. */
export function gitBytes(folder: string, args: readonly string[], input: string): Promise<GitBytes> {
  return started(folder, args, input, 60, undefined);
}

function started(
  folder: string,
  args: readonly string[],
  input: string,
  seconds: number,
  authorization: GitAuthorization | undefined,
): Promise<GitBytes> {
  return new Promise((resolve) => {
    const child = spawn("git", [...settings, ...args], {
      cwd: folder,
      env: environment(authorization),
      stdio: ["pipe", "pipe", "pipe"],
      // A session of its own: ssh finds no terminal, and all that git started ends with it.
      detached: true,
    });
    const end = (): void => {
      if (child.pid !== undefined) killGroup(child.pid);
    };
    child.stdin.on("error", () => undefined); // A git that ended early says so by its exit.
    child.stdin.end(input);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      end();
    }, seconds * 1000);
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    let size = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= mostOutput) output.push(chunk);
      else end();
    });
    child.stderr.on("data", (chunk: Buffer) => errors.push(chunk.subarray(0, 4096)));
    child.on("error", (error) => {
      clearTimeout(timer);
      resolve({ ended: "failed", says: notStarted(error, folder) });
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      if (late) resolve({ ended: "failed", says: `git did not end within ${seconds} s` });
      else if (size > mostOutput) resolve({ ended: "failed", says: "git wrote more than 64 MB" });
      else if (code === null) resolve({ ended: "failed", says: "git was killed" });
      else resolve({ ended: "exit", code, output: Buffer.concat(output), says: clean(errors) });
    });
  });
}

function environment(authorization: GitAuthorization | undefined): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_") || kept.has(name));
  return {
    ...Object.fromEntries(own),
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "false",
    SSH_ASKPASS: "false",
    SSH_ASKPASS_REQUIRE: "never",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_GRAFT_FILE: devNull,
    ...(authorization === undefined
      ? {}
      : {
          GIT_CONFIG_COUNT: "1",
          GIT_CONFIG_KEY_0: `http.${authorization.address}.extraHeader`,
          GIT_CONFIG_VALUE_0: authorization.header,
        }),
  };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

function notStarted(error: Error, folder: string): string {
  return "code" in error && error.code === "ENOENT"
    ? `no git on PATH, or no folder ${folder}`
    : error.message;
}

/** Git's own words on one line, without user names and passwords of addresses. */
function clean(errors: readonly Buffer[]): string {
  const text = Buffer.concat(errors).toString("utf8").trim().replaceAll(/\s+/g, " ");
  return withoutCredentials(text).slice(0, 400);
}

/** An address, or a text with addresses, without what stands between `//` and `@`. */
export function withoutCredentials(text: string): string {
  return text.replaceAll(/:\/\/[^@/\s'"]*@/g, "://");
}
