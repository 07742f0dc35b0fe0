import { Secrets } from "../../../lib/data/secrets";
import { type WorkOrder, runShare } from "../../../lib/data/spread/run-share";
import type { Stage, Workers } from "../../../lib/data/spread/workers";

/** Workers in this very process: what they do is real, where they run is not. */
export class WorkersHere implements Workers {
  readonly threads = 1;
  readonly stages: string[] = [];

  /** @param attempt what becomes of one share; tests let it fail, or run twice. */
  constructor(
    private readonly attempt: (run: () => Promise<void>, stage: Stage, index: number) => Promise<void> = (
      run,
    ) => run(),
  ) {}

  async carryOut(stage: Stage, order: WorkOrder, observe: () => Promise<boolean>): Promise<void> {
    this.stages.push(`${stage.name.replace(/-\d+$/, "")}: ${stage.shares}`);
    for (let index = 0; index < stage.shares; index++) {
      await this.attempt(() => runShare(order, index, new Secrets()), stage, index);
      await observe();
    }
  }
}
