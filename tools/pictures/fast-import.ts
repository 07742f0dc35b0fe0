import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";

/** One commit of a made-up history. */
export interface MadeCommit {
  /** ISO 8601. */
  readonly at: string;
  readonly author: string;
  readonly message: string;
  /** Texts by path; a file that is not named stays as it was. */
  readonly files: Readonly<Record<string, string>>;
  readonly tag?: string;
}

/**
 * Makes a repository with exactly these commits, on the branch `main`, by one run of `git fast-import`: the same commits have the
 * same ids on every machine.
 */
export function makeRepository(folder: string, commits: readonly MadeCommit[]): void {
  mkdirSync(folder, { recursive: true });
  const git = (args: readonly string[], input = ""): void => {
    const env = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
    execFileSync("git", args, {
      cwd: folder,
      env,
      input,
      stdio: ["pipe", "ignore", "pipe"],
      maxBuffer: 1 << 28,
    });
  };
  git(["init", "--quiet", "--initial-branch=main"]);
  git(["fast-import", "--quiet", "--done"], `${commits.map(streamed).join("")}done\n`);
  git(["reset", "--quiet", "--hard", "main"]);
}

function streamed({ at, author, message, files, tag }: MadeCommit): string {
  const who = `${author} <${author}@example.org> ${Math.floor(Date.parse(at) / 1000)} +0000`;
  const changes = Object.entries(files).map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`);
  const commit = `commit refs/heads/main\nauthor ${who}\ncommitter ${who}\n${data(message)}${changes.join("")}\n`;
  return tag === undefined ? commit : `${commit}reset refs/tags/${tag}\nfrom refs/heads/main\n\n`;
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}
