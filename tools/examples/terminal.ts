import type { PulumiRun, PulumiStack } from "../job/pulumi-stack";
import type { Ran } from "./run";
import type { Workplace } from "./workplace";

/** Where a system's people type: each command is shown as it is typed, and what it prints as it comes. */
export class Terminal<Environment extends string> {
  constructor(
    private readonly work: Workplace,
    private readonly stacks: Readonly<Record<Environment, PulumiStack>>,
    /** Receives what is typed, and what commands print. */
    private readonly show: (text: string) => void,
  ) {}

  /** A command in the project's folder, however it ends. */
  slipway(...args: readonly string[]): Promise<Ran> {
    this.type(["slipway", ...args]);
    return this.work.slipway(args, this.show);
  }

  /** A script of the project's own, however it ends. Example: `backups.sh`. */
  script(...args: readonly string[]): Promise<Ran> {
    this.type(["sh", ...args]);
    return this.work.run("sh", args, this.show);
  }

  /** `pulumi up` of an environment, however it ends. */
  up(environment: Environment, ...more: readonly string[]): Promise<PulumiRun> {
    this.type(["pulumi", "up", "--stack", environment]);
    return this.stacks[environment].up(this.show, ...more);
  }

  /** What must succeed. Example: `await well(terminal.slipway("pin", "dev"))`. @throws Error with all that it printed. */
  async well(ending: Promise<Ran | PulumiRun>): Promise<void> {
    const { code, output } = await ending;
    if (code !== 0) throw new Error(`this should have succeeded:\n${output}`);
  }

  /** `pulumi up` and its record, committed; git keeps the place by the release's name, for the way back. */
  async deployed(environment: Environment, release: string): Promise<void> {
    await this.well(this.up(environment));
    await this.well(this.slipway("record", environment));
    this.work.commit(`record of ${environment}`);
    this.work.git("tag", "--force", placeOf(environment, release));
  }

  /** The former stack file of a release again: that is the way back (rule N18). */
  goBack(environment: Environment, release: string): void {
    this.work.git("checkout", placeOf(environment, release), "--", `Pulumi.${environment}.yaml`);
    this.work.commit(`${environment} goes back to ${release}`);
  }

  private type(words: readonly string[]): void {
    this.show(`\n$ ${words.map((word) => (word.includes(" ") ? JSON.stringify(word) : word)).join(" ")}\n`);
  }
}

function placeOf(environment: string, release: string): string {
  return `${environment}-${release}`;
}
