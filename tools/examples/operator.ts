import type { PulumiRun, PulumiStack } from "../job/pulumi-stack";
import type { Ran } from "./run";
import type { Workplace } from "./workplace";

/** Receives what a command prints, as it comes. */
export type Show = (text: string) => void;

/** Who releases: gives commands in the project's folder, each shown with what it prints. */
export class Operator<Environment extends string> {
  constructor(
    private readonly work: Workplace,
    private readonly stacks: Readonly<Record<Environment, PulumiStack>>,
    private readonly show: Show,
  ) {}

  /** A command of `slipway`, however it ends. */
  slipway(...args: readonly string[]): Promise<Ran> {
    const words = args.map((word) => (word.includes(" ") ? JSON.stringify(word) : word));
    this.show(`\n$ slipway ${words.join(" ")}\n`);
    return this.work.slipway(args, this.show);
  }

  /** A command of `slipway` that must succeed; what it printed. */
  async command(...args: readonly string[]): Promise<string> {
    const { code, output } = await this.slipway(...args);
    if (code !== 0) throw new Error(`slipway ${args.join(" ")} failed:\n${output}`);
    return output;
  }

  /** A script of the project's own, which must succeed. Example: `backups.sh`. */
  async script(...args: readonly string[]): Promise<void> {
    this.show(`\n$ sh ${args.join(" ")}\n`);
    const { code, output } = await this.work.run("sh", args, this.show);
    if (code !== 0) throw new Error(`sh ${args.join(" ")} failed:\n${output}`);
  }

  /** `pulumi up` of an environment, however it ends. */
  up(environment: Environment, ...more: readonly string[]): Promise<PulumiRun> {
    this.show(`\n$ pulumi up --stack ${environment}\n`);
    return this.stacks[environment].up(this.show, ...more);
  }

  /** `pulumi up` that must succeed, and its record, committed; git's tag `<environment>-<release>` leads a way back to it. */
  async deploy(environment: Environment): Promise<void> {
    const { code, output } = await this.up(environment);
    if (code !== 0) throw new Error(`pulumi up of ${environment} failed:\n${output}`);
    await this.command("record", environment);
    this.work.commit(`record of ${environment}`);
    this.work.git("tag", "--force", `${environment}-${this.work.release(environment)}`);
  }

  /** The stack file of an earlier release again: that is the way back (rule N18). */
  goBack(environment: Environment, release: string): void {
    this.work.git("checkout", `${environment}-${release}`, "--", `Pulumi.${environment}.yaml`);
    this.work.commit(`${environment} goes back`);
  }
}
