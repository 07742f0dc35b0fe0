import type { EngineEvent, Stage } from "../../data/protocol";
import { count, span } from "../text/words";

type ProgressEvent = Extract<EngineEvent, { event: "progress" }>;

/** Nothing is said of a step that is over sooner, in milliseconds; and nothing more often than that. */
const quietFor = 10_000;

/** How far a long step is, and about how long it still takes, judged by its own speed until now. */
export class Progress {
  #stage: Stage | undefined;
  #begun = 0;
  #said = 0;

  /**
   * @param now milliseconds of any clock that only goes forward.
   * @returns a line to print; undefined where there is nothing to say yet.
   */
  line({ stage, done, total, unit }: ProgressEvent, now: number): string | undefined {
    if (stage !== this.#stage) {
      this.#stage = stage;
      this.#begun = this.#said = now;
      return undefined;
    }
    if (now - this.#said < quietFor) return undefined;
    this.#said = now;
    const ran = now - this.#begun;
    // How many there are is an estimate: where more are done, nobody knows how many are left.
    if (total <= done || done === 0) return `data: ${stage}: ${count(done)} ${unit} after ${span(ran)}`;
    const left = (ran / done) * (total - done);
    return `data: ${stage}: ${count(done)} of ${count(total)} ${unit} after ${span(ran)}, about ${span(left)} left`;
  }
}
