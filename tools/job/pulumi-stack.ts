import { type SpawnOptions, spawn } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join, relative } from "node:path";
import { parse, stringify } from "yaml";
import type { EmbeddedEnvironment } from "../../lib/config/embedded";
import type { ReleaseRecordData } from "../../lib/data/protocol";
import { ownerVariable } from "../environment/processes";
import { endMarked } from "../environment/stray-processes";

/** How one run of the Pulumi CLI ended. */
export interface PulumiRun {
  readonly code: number;
  /** All that it printed, both streams in order. */
  readonly output: string;
}

/** Set for every run of a stack and so for all that it starts: finds what is left of a run whose starter was killed. */
const stackVariable = "SLIPWAY_STACK_RUN";

/** Nobody is there to answer, or to watch. */
const unattended = ["--yes", "--skip-preview", "--suppress-progress"] as const;

/** How long an interrupted CLI may take to end, in milliseconds. */
const patience = 30_000;

/** One stack of the program, driven by the Pulumi CLI on the embedded environment's own backend. */
export class PulumiStack {
  private constructor(
    private readonly environment: EmbeddedEnvironment,
    /** Folder of the project's copy: `Pulumi.yaml` and the stack files; the committed ones are never written. */
    readonly project: string,
    readonly name: string,
    private readonly state: string,
    private readonly signal: AbortSignal | undefined,
    private readonly own: Readonly<Record<string, string>>,
  ) {}

  /**
   * Makes the project's copy, whose program is the original, and the stack where it is not there yet.
   * @param original folder of the project. Example: the repository's root.
   * @param signal interrupts a running CLI as Ctrl-C does, and lets no further one start.
   * @param own variables that the stack file reads, besides the environment's own.
   * @param folder where in the state directory the copy lies.
   */
  static async open(
    environment: EmbeddedEnvironment,
    original: string,
    name: string,
    state: string,
    signal?: AbortSignal,
    own: Readonly<Record<string, string>> = {},
    folder = "projects",
  ): Promise<PulumiStack> {
    const {
      name: projectName,
      main = ".",
      ...rest
    } = parse(await readFile(join(original, "Pulumi.yaml"), "utf8")) as { name: string; main?: string };
    const project = join(state, folder, projectName);
    await mkdir(project, { recursive: true, mode: 0o700 });
    await mkdir(temporaryFolder(state), { recursive: true, mode: 0o700 });
    const copy = { name: projectName, ...rest, main: relative(project, join(original, main)) };
    await writeFile(join(project, "Pulumi.yaml"), stringify(copy));
    const stack = new PulumiStack(environment, project, name, state, signal, own);
    const { code, output } = await stack.run([
      "stack",
      "select",
      name,
      "--create",
      "--secrets-provider",
      "passphrase",
    ]);
    if (code !== 0) throw new Error(`pulumi stack select failed:\n${output}`);
    return stack;
  }

  /** The stack file that is used, a copy. */
  get file(): string {
    return join(this.project, `Pulumi.${this.name}.yaml`);
  }

  /** Sets plain config values of the stack. */
  async configure(values: Readonly<Record<string, string>>): Promise<void> {
    const pairs = Object.entries(values).flatMap(([key, value]) => ["--plaintext", `${key}=${value}`]);
    const { code, output } = await this.run(["config", "set-all", ...this.onStack(), ...pairs]);
    if (code !== 0) throw new Error(`pulumi config failed:\n${output}`);
  }

  /** Makes the stack's state empty; what runs in the cluster goes on running. A former run that was left alone is ended. */
  async empty(): Promise<void> {
    await endMarked(stackVariable, this.mark);
    await this.cancel();
    const { code, output } = await this.run([
      "state",
      "delete",
      "--all",
      "--force",
      "--yes",
      ...this.onStack(),
    ]);
    if (code !== 0) throw new Error(`pulumi state delete failed:\n${output}`);
  }

  /** @param show receives the CLI's output as it comes. */
  preview(show?: (text: string) => void): Promise<PulumiRun> {
    return this.run(["preview", ...this.onStack(), "--suppress-progress"], show);
  }

  up(show?: (text: string) => void, ...more: readonly string[]): Promise<PulumiRun> {
    return this.run(["up", ...this.onStack(), ...unattended, ...more], show);
  }

  destroy(): Promise<PulumiRun> {
    return this.run(["destroy", ...this.onStack(), ...unattended]);
  }

  refresh(): Promise<PulumiRun> {
    return this.run(["refresh", ...this.onStack(), ...unattended]);
  }

  /** `pulumi cancel`: on a backend of files it takes the stack's lock away, and the run that had it goes on. */
  cancel(): Promise<PulumiRun> {
    return this.run(["cancel", "--yes", ...this.onStack()]);
  }

  /** Gives one resource another name in the stack's state; to the program it is another resource then. @param type its end. */
  async rename(type: string, name: string): Promise<PulumiRun> {
    const urn = (await this.resources()).find((one) => one.type.endsWith(type))?.urn ?? type;
    return this.run(["state", "rename", urn, name, "--yes", ...this.onStack()]);
  }

  /** Lets the next command in after a CLI that was killed: `pulumi cancel`, and its pending operations cleared. */
  async unlock(): Promise<PulumiRun> {
    await this.cancel();
    return this.run(["refresh", ...this.onStack(), ...unattended, "--clear-pending-creates"]);
  }

  /** What becomes of a machine that loses its power: the CLI, its plugins and the data engine are gone at once. */
  killRunner(): Promise<void> {
    return endMarked(stackVariable, this.mark, "SIGKILL");
  }

  /** What the stack's state holds. */
  async resources(): Promise<
    readonly {
      readonly type: string;
      readonly urn: string;
      readonly outputs: Readonly<Record<string, unknown>>;
    }[]
  > {
    const { code, output } = await this.run(["stack", "export", ...this.onStack()]);
    if (code !== 0) throw new Error(`pulumi stack export failed:\n${output}`);
    const { deployment } = JSON.parse(output) as {
      deployment: { resources?: { type: string; urn: string; outputs?: Record<string, unknown> }[] };
    };
    return (deployment.resources ?? []).map(({ type, urn, outputs }) => ({
      type,
      urn,
      outputs: outputs ?? {},
    }));
  }

  /** The closed record of the last release that stands. */
  async record(): Promise<ReleaseRecordData> {
    const last = (await this.resources()).find(({ type }) => type.endsWith(":ReleaseRecord"));
    if (last === undefined) throw new Error(`stack ${this.name} holds no release record`);
    return last.outputs["record"] as ReleaseRecordData;
  }

  /** Starts the CLI without waiting for it, for tests that interrupt it. */
  start(args: readonly string[], options: SpawnOptions = {}): ReturnType<typeof spawn> {
    return spawn("pulumi", [...args, "--non-interactive", "--color", "never"], {
      cwd: this.project,
      env: this.variables(),
      stdio: ["ignore", "pipe", "pipe"],
      ...options,
    });
  }

  private get mark(): string {
    return `${this.name} ${this.project}`;
  }

  /** The arguments that name this stack. */
  onStack(): readonly string[] {
    return ["--stack", this.name];
  }

  private async run(args: readonly string[], show?: (text: string) => void): Promise<PulumiRun> {
    this.signal?.throwIfAborted();
    // Out of the terminal's reach: a Ctrl-C comes from us, once, as a second one would not let the CLI save its state.
    const cli = this.start(args, { detached: true });
    const interrupt = (): void => {
      cli.kill("SIGINT");
      setTimeout(() => cli.kill("SIGKILL"), patience).unref();
    };
    this.signal?.addEventListener("abort", interrupt);
    let output = "";
    const hear = (chunk: Buffer): void => {
      output += chunk.toString();
      show?.(chunk.toString());
    };
    cli.stdout?.on("data", hear);
    cli.stderr?.on("data", hear);
    try {
      return await new Promise((resolve, reject) => {
        cli.once("error", reject);
        cli.once("close", (code) => {
          resolve({ code: code ?? 1, output });
        });
      });
    } finally {
      this.signal?.removeEventListener("abort", interrupt);
    }
  }

  /** Everything that could point to a backend or cluster of the user's is left out or replaced. */
  variables(): NodeJS.ProcessEnv {
    const { pulumi, path } = this.environment;
    const own = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(PULUMI_|KUBECONFIG$|AWS_|GITHUB_TOKEN$)/.test(name)),
    );
    return {
      ...own,
      ...this.own,
      PATH: [...path, process.env["PATH"] ?? ""].join(delimiter),
      PULUMI_BACKEND_URL: pulumi.backend,
      PULUMI_HOME: pulumi.home,
      PULUMI_CONFIG_PASSPHRASE: pulumi.passphrase,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
      // Types are checked by the lint step; checking them again at every run would take seconds.
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
      // The embedded toolchain's language host does not say where Pulumi.yaml lies.
      PULUMI_NODEJS_ROOT_DIRECTORY: this.project,
      SLIPWAY_STATE: this.state,
      TMPDIR: temporaryFolder(this.state),
      // What is still there of it when the environment stops is stopped too.
      [ownerVariable]: this.state,
      [stackVariable]: this.mark,
    };
  }
}

/** Where Pulumi's temporary files go: its Kubernetes provider leaves a kubeconfig there at every run. Goes with the environment. */
export function temporaryFolder(state: string): string {
  return join(state, "run", "tmp");
}
