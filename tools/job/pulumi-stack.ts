import { type SpawnOptions, spawn } from "node:child_process";
import { delimiter } from "node:path";
import type { EmbeddedEnvironment } from "../../lib/config/embedded";

/** How one run of the Pulumi CLI ended. */
export interface PulumiRun {
  readonly code: number;
  /** All that it printed, both streams in order. */
  readonly output: string;
}

/** One stack of the program, driven by the Pulumi CLI on the embedded environment's own backend. */
export class PulumiStack {
  constructor(
    private readonly environment: EmbeddedEnvironment,
    private readonly project: string,
    readonly name: string,
    /** The stack file that is used, a copy: the committed one is never written. */
    readonly file: string,
    private readonly state: string,
  ) {}

  /** Creates the stack where it is not there yet. */
  async select(): Promise<void> {
    const { code, output } = await this.run([
      "stack",
      "select",
      this.name,
      "--create",
      "--secrets-provider",
      "passphrase",
    ]);
    if (code !== 0) throw new Error(`pulumi stack select failed:\n${output}`);
  }

  /** Sets plain config values of the stack. */
  async configure(values: Readonly<Record<string, string>>): Promise<void> {
    const pairs = Object.entries(values).flatMap(([key, value]) => ["--plaintext", `${key}=${value}`]);
    const { code, output } = await this.run(["config", "set-all", ...this.onStack(), ...pairs]);
    if (code !== 0) throw new Error(`pulumi config failed:\n${output}`);
  }

  /** Forgets the stack and all that its state knows; what runs goes on running. */
  async forget(): Promise<void> {
    await this.run(["stack", "rm", this.name, "--yes", "--force", "--preserve-config"]);
  }

  /** @param show receives the CLI's output as it comes. */
  preview(show?: (text: string) => void): Promise<PulumiRun> {
    return this.run(["preview", ...this.onStack(), "--diff", "--suppress-progress"], show);
  }

  up(show?: (text: string) => void, ...more: readonly string[]): Promise<PulumiRun> {
    return this.run(
      ["up", ...this.onStack(), "--yes", "--skip-preview", "--suppress-progress", ...more],
      show,
    );
  }

  destroy(): Promise<PulumiRun> {
    return this.run(["destroy", ...this.onStack(), "--yes", "--skip-preview", "--suppress-progress"]);
  }

  refresh(): Promise<PulumiRun> {
    return this.run(["refresh", ...this.onStack(), "--yes", "--skip-preview", "--suppress-progress"]);
  }

  async outputs(): Promise<Readonly<Record<string, unknown>>> {
    const { code, output } = await this.run(["stack", "output", "--json", "--stack", this.name]);
    if (code !== 0) throw new Error(`pulumi stack output failed:\n${output}`);
    return JSON.parse(output) as Record<string, unknown>;
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

  /** The arguments that name this stack and its file. */
  onStack(): readonly string[] {
    return ["--stack", this.name, "--config-file", this.file];
  }

  private run(args: readonly string[], show?: (text: string) => void): Promise<PulumiRun> {
    const cli = this.start(args);
    let output = "";
    const hear = (chunk: Buffer): void => {
      output += chunk.toString();
      show?.(chunk.toString());
    };
    cli.stdout?.on("data", hear);
    cli.stderr?.on("data", hear);
    return new Promise((resolve, reject) => {
      cli.once("error", reject);
      cli.once("close", (code) => {
        resolve({ code: code ?? 1, output });
      });
    });
  }

  /** Everything that could point to a backend or cluster of the user's is left out or replaced. */
  variables(): NodeJS.ProcessEnv {
    const { pulumi, path } = this.environment;
    const own = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(PULUMI_|KUBECONFIG$|AWS_|GITHUB_TOKEN$)/.test(name)),
    );
    return {
      ...own,
      PATH: [...path, process.env["PATH"] ?? ""].join(delimiter),
      PULUMI_BACKEND_URL: pulumi.backend,
      PULUMI_HOME: pulumi.home,
      PULUMI_CONFIG_PASSPHRASE: pulumi.passphrase,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      // Types are checked by the lint step; checking them again at every run would take seconds.
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
      SLIPWAY_STATE: this.state,
    };
  }
}
