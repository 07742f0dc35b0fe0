import { Secrets } from "../../../lib/data/secrets";
import { type WorkOrder, runShare } from "../../../lib/data/spread/run-share";
import type { Stage, Workers } from "../../../lib/data/spread/workers";

/** One share, by its order or a changed one. */
type Run = (changes?: Partial<WorkOrder>) => Promise<void>;
type Attempt = (run: Run, stage: Stage, index: number) => Promise<void>;

/** Workers in this very process: what they do is real, where they run is not. */
export class WorkersHere implements Workers {
  readonly threads = 1;
  readonly stages: string[] = [];

  /** @param attempt what becomes of one share; tests let it fail, or run twice, or by another order. */
  constructor(private readonly attempt: Attempt = (run) => run()) {}

  async carryOut(stage: Stage, order: WorkOrder, observe: () => Promise<boolean>): Promise<void> {
    this.stages.push(`${stage.name.replace(/-\d+$/, "")}: ${stage.shares}`);
    for (let index = 0; index < stage.shares; index++) {
      await this.attempt((changes) => runShare({ ...order, ...changes }, index, new Secrets()), stage, index);
      await observe();
    }
  }
}
