import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { packageRoot } from "../../lib/package-root";
import { scratch } from "../scratch";

/** How a block of a page ended. */
export interface BlockRun {
  readonly code: number;
  /** Both streams, in order. */
  readonly output: string;
}

/** A clone as a reader of the docs has it: the project's files as they stand now, installed and built, under version control. */
export class Sandbox {
  private constructor(readonly folder: string) {}

  static create(): Sandbox {
    const root = packageRoot();
    const folder = join(scratch("docs"), "releases");
    const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
      cwd: root,
      encoding: "utf8",
    });
    for (const file of listed.split("\n").filter((name) => name !== "" && name !== "node_modules")) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      cpSync(join(root, file), join(folder, file), { force: true });
    }
    for (const name of ["node_modules", "build"]) symlinkSync(join(root, name), join(folder, name));
    const sandbox = new Sandbox(folder);
    const git =
      "git init --quiet --initial-branch=main && echo build node_modules | tr ' ' '\\n' > .git/info/exclude";
    const { code, output } = sandbox.run(`${git} && git add --all && git commit --quiet --message clone`, {});
    if (code !== 0) throw new Error(output);
    return sandbox;
  }

  /** Runs the text of one block in bash, as a reader would: it ends at the first command that fails. */
  run(text: string, variables: NodeJS.ProcessEnv): BlockRun {
    const person = { NAME: "Ana", EMAIL: "ana@example.org" };
    const identity = Object.fromEntries(
      Object.entries(person).flatMap(([key, value]) => [
        [`GIT_AUTHOR_${key}`, value],
        [`GIT_COMMITTER_${key}`, value],
      ]),
    );
    const { status, stdout } = spawnSync("bash", ["-euo", "pipefail", "-c", `exec 2>&1\n${text}`], {
      cwd: this.folder,
      env: { ...process.env, PULUMI_OPTION_NON_INTERACTIVE: "true", ...variables, ...identity },
      encoding: "utf8",
      maxBuffer: 64 << 20,
    });
    return { code: status ?? 1, output: stdout };
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), "utf8");
  }
}

/** PATH with some folders first. */
export function pathWith(first: readonly string[], path: string | undefined): string {
  return [...first, path ?? ""].join(delimiter);
}
