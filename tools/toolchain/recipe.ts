import type { Json } from "../../lib/content-hash";

/** Where one build works. Both folders exist, are empty, and vanish when the build fails. */
export interface Workshop {
  /** What lies here when the build has ended is the tool. */
  readonly result: string;
  /** For everything that is only needed while building. */
  readonly scratch: string;
  /** Says what the build does now. */
  readonly detail: (text: string) => void;
  /**
   * Runs a command, its output in the build's log.
   * @throws Refusal with the last lines of the output when it fails.
   */
  readonly run: (command: string, args: readonly string[], options: RunOptions) => Promise<string>;
}

export interface RunOptions {
  readonly cwd: string;
  /** Set in addition to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How one tool is made. */
export interface Recipe {
  /** Example: `kubernetes`. Names the tool's folder in the cache. */
  readonly name: string;
  /** All that the result depends on: files, flags, the compiler's version, the platform. Its content hash is the tool's key. */
  readonly inputs: () => Promise<Json>;
  /** Builds the tool into `workshop.result`. */
  readonly build: (workshop: Workshop) => Promise<void>;
}

/** Executables of the machine that do as well as the built ones. */
export interface OnMachine {
  /** All of these must be on PATH. */
  readonly programs: readonly string[];
  /** Command that prints the version. */
  readonly version: readonly string[];
  /** Example: `3.245.0`. */
  readonly atLeast: string;
}
