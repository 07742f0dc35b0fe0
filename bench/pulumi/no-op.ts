import { join } from "node:path";
import type { EmbeddedEnvironment } from "../../lib/config/embedded";
import { PulumiStack } from "../../tools/job/pulumi-stack";
import type { System } from "../../tools/job/system";
import { median } from "../median";

/** What a no-op `pulumi up` costs: ours, a bare program's, and how many times ours is theirs (goal: at most 1.2). */
export interface NoOpFigures {
  readonly ours: number;
  readonly bare: number;
  readonly ratio: number;
}

/**
 * Runs `pulumi up` on a stack that has nothing to do and on a bare program with as many resources, in turn.
 * @returns medians in seconds.
 */
export async function noOp(
  environment: EmbeddedEnvironment,
  system: System,
  root: string,
  state: string,
  runs: number,
): Promise<NoOpFigures> {
  const bare = await bareStack(environment, system.namespace, root, state);
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let run = 0; run <= runs; run++) {
    const [a, b] = [await timeUp(system.stack), await timeUp(bare)];
    if (run === 0) continue; // Warm-up: caches of the file system and of ts-node.
    ours.push(a);
    theirs.push(b);
  }
  await bare.destroy();
  return {
    ours: median(ours),
    bare: median(theirs),
    ratio: median(ours.map((a, index) => a / (theirs[index] ?? a))),
  };
}

async function bareStack(
  environment: EmbeddedEnvironment,
  namespace: string,
  root: string,
  state: string,
): Promise<PulumiStack> {
  const stack = await PulumiStack.open(environment, join(root, "bench", "pulumi", "bare"), "bare", state);
  await stack.configure({ "bare:kubeconfig": environment.kubeconfig, "bare:namespace": namespace });
  const { code, output } = await stack.up();
  if (code !== 0) throw new Error(`the bare program failed:\n${output}`);
  return stack;
}

async function timeUp(stack: PulumiStack): Promise<number> {
  const started = performance.now();
  const { code, output } = await stack.up(undefined, "--expect-no-changes");
  if (code !== 0) throw new Error(`a no-op run failed:\n${output}`);
  return (performance.now() - started) / 1000;
}
