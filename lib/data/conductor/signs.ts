/** The release must not go on: nobody is there any more to confirm it. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

const parentEvery = 250;

/**
 * The dead man's switch: independent signs that whoever started the release is gone or wants it to end (rules N15, N16).
 * A pipe that closes, a parent that is another, a signal, a deadline.
 */
export class Signs {
  #reason: string | undefined;
  #told: () => void = () => undefined;
  readonly #any = new Promise<void>((resolve) => {
    this.#told = resolve;
  });
  readonly #watch: NodeJS.Timeout | undefined;
  #deadline: NodeJS.Timeout | undefined;

  /** @param parent the process that must stay; none when whoever started the engine may go. */
  constructor(parent: number | undefined) {
    if (parent === undefined) return;
    this.#watch = setInterval(() => {
      if (process.ppid !== parent) this.give("the process that started the release is gone");
    }, parentEvery);
    this.#watch.unref();
  }

  /** The first sign that was given, or undefined. */
  get reason(): string | undefined {
    return this.#reason;
  }

  give(reason: string): void {
    this.#reason ??= reason;
    this.#told();
  }

  /** Gives a sign after so many seconds from now, in place of an earlier deadline. */
  deadline(seconds: number): void {
    const longest = 2 ** 31 - 1;
    const reason = `not confirmed within ${seconds} s`;
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(
      () => {
        this.give(reason);
      },
      Math.min(seconds * 1000, longest),
    );
    this.#deadline.unref();
  }

  /** @throws Interrupted once a sign was given. */
  throwIfGiven(): void {
    if (this.#reason !== undefined) throw new Interrupted(this.#reason);
  }

  /** Settles at the first sign or after so many milliseconds. */
  async wait(milliseconds: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const pause = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds);
    });
    await Promise.race(this.#reason === undefined ? [pause, this.#any] : [pause]);
    clearTimeout(timer);
  }

  stop(): void {
    clearInterval(this.#watch);
    clearTimeout(this.#deadline);
  }
}
