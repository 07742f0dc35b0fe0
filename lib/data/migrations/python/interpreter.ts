import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Refusal } from "../../../problem";

const run = promisify(execFile);

export interface Interpreter {
  readonly command: string;
  /** Version, kind of machine, C library and place: what a virtual environment depends on, whatever kernel runs it. */
  readonly identity: string;
}

const candidates = ["python3.11", "python3.12", "python3.13", "python3"];
const describe =
  "import platform, sys, sysconfig; print(sys.version_info[0], sys.version_info[1], sysconfig.get_platform(), *platform.libc_ver(), sys.executable)";

/** Asking starts processes, and the answer stays the same while this one runs. */
const known = new Map<string, Promise<Interpreter>>();

/**
 * Finds a Python that the pinned packages run on: `SLIPWAY_PYTHON`, or one on PATH.
 * @throws Refusal when there is none, with those that were tried.
 */
export async function findInterpreter(): Promise<Interpreter> {
  const named = process.env["SLIPWAY_PYTHON"];
  const key = named ?? `PATH ${process.env["PATH"] ?? ""}`;
  const found = known.get(key) ?? ask(named);
  known.set(key, found);
  // One that is missing may be installed meanwhile.
  found.catch(() => known.delete(key));
  return found;
}

async function ask(named: string | undefined): Promise<Interpreter> {
  const tried: string[] = [];
  for (const command of named ? [named] : candidates) {
    const answer = await run(command, ["-c", describe]).then(
      ({ stdout }) => stdout.trim(),
      () => undefined,
    );
    const [major, minor] = answer?.split(" ").map(Number) ?? [];
    if (answer !== undefined && major === 3 && minor !== undefined && minor >= 11 && minor <= 13) {
      return { command, identity: answer };
    }
    tried.push(answer === undefined ? `${command}: none` : `${command}: ${answer}`);
  }
  throw new Refusal("Python", [
    {
      where: "PATH",
      found: tried.join("; "),
      allowed: "Python 3.11, 3.12 or 3.13 with venv and pip",
      mend: "install one, or name it in SLIPWAY_PYTHON",
    },
  ]);
}
