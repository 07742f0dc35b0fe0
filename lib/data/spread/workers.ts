import type { WorkOrder } from "./run-share";

/** One stage of a spread pass, as whoever runs workers sees it. */
export interface Stage {
  /** Unique in a release. Example: `migrate-4`. */
  readonly name: string;
  /** Folder of the shared volume, where there is one. */
  readonly mount?: string;
  /** Indexes from 0. */
  readonly shares: number;
}

/** Processes elsewhere that do shares of a plan. */
export interface Workers {
  /** Threads that each has for looking at documents. */
  readonly threads: number;
  /**
   * Settles when every share is done.
   * @param observe called again and again meanwhile: whether all results are there, for which nobody needs to see the workers end.
   *   What it throws ends the stage.
   * @throws Refusal with what stopped it; then no worker is left at work.
   */
  carryOut(stage: Stage, order: WorkOrder, observe: () => Promise<boolean>): Promise<void>;
}
