import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Workplace } from "./workplace";

/** The people of a system, each with a key of their own; the project names whose signatures count. */
export class People {
  private constructor(private readonly keys: string) {}

  /** Makes their keys anew, in a folder beside the project, and names them in it. */
  static introduce(folder: string, work: Workplace, ...names: readonly string[]): People {
    const keys = join(folder, "keys");
    rmSync(keys, { recursive: true, force: true });
    mkdirSync(keys, { mode: 0o700 });
    mkdirSync(join(work.folder, ".slipway"), { recursive: true });
    const signers = names.map((person) => {
      const key = join(keys, person);
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key], { stdio: "ignore" });
      return `${addressOf(person)} ${readFileSync(`${key}.pub`, "utf8")}`;
    });
    work.write(".slipway/allowed_signers", signers.join(""));
    return new People(keys);
  }

  /** What `slipway approve` is told so that this person says yes. */
  approve(environment: string, person: string, role: string): readonly string[] {
    const key = join(this.keys, person);
    return ["approve", environment, "--as", role, "--by", addressOf(person), "--key", key];
  }
}

function addressOf(person: string): string {
  return `${person}@example.org`;
}
