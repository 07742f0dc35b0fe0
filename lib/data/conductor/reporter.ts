import { Refusal } from "../../problem";
import type { EngineEvent, Stage } from "../protocol";
import type { Secrets } from "../secrets";

/** Progress is told this often at most, in milliseconds: a line per block would drown the rest. */
const progressEvery = 500;

/** Says what happens, one event at a time, without secrets; and keeps the time of each stage. */
export class Reporter {
  readonly #durations: Partial<Record<Stage, number>> = {};
  #stage: Stage | undefined;
  #since = performance.now();
  #lastProgress = 0;

  constructor(
    private readonly emit: (event: EngineEvent) => void,
    private readonly secrets: Secrets,
  ) {}

  /** Milliseconds per stage until now. */
  get durations(): Partial<Record<Stage, number>> {
    this.#clock();
    return { ...this.#durations };
  }

  stage(stage: Stage, says: string): void {
    this.#clock();
    this.#stage = stage;
    this.say({ event: "stage", stage, at: new Date().toISOString(), says });
  }

  /** Says more about the stage that is under way. */
  tell(says: string): void {
    if (this.#stage !== undefined)
      this.say({ event: "stage", stage: this.#stage, at: new Date().toISOString(), says });
  }

  /** @param total how many there are to do; where that is an estimate, `done` may pass it. */
  progress(done: number, total: number, unit: string): void {
    const now = performance.now();
    if (this.#stage === undefined || (now - this.#lastProgress < progressEvery && done !== total)) return;
    this.#lastProgress = now;
    this.say({ event: "progress", stage: this.#stage, done, total: Math.max(done, total), unit });
  }

  warn(says: string): void {
    this.say({ event: "warning", says });
  }

  failed(error: unknown): void {
    const problems = error instanceof Refusal ? error.problems : [];
    this.say({ event: "failed", says: error instanceof Error ? error.message : String(error), problems });
  }

  say(event: EngineEvent): void {
    this.emit(JSON.parse(this.secrets.redact(JSON.stringify(event))) as EngineEvent);
  }

  #clock(): void {
    const now = performance.now();
    if (this.#stage !== undefined) {
      this.#durations[this.#stage] = Math.round((this.#durations[this.#stage] ?? 0) + now - this.#since);
    }
    this.#since = now;
  }
}
