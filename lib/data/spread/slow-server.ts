/** A reply that takes this many times the quickest one of its size comes from a server that has too much to do. */
const slowAfter = 3;
/** Milliseconds: replies that are quicker say nothing, and no pause is longer. */
const noticed = 50;
const longest = 5_000;
/** The quickest reply is forgotten by this much each time: a server may become slower for good, or documents others. */
const forgotten = 1.02;

/**
 * Leaves a server time for its users when it becomes slow: whoever writes waits before the next message for as long as the last
 * one took too long. All workers do so by themselves, so that together they ask for less.
 */
export class SlowServer {
  #best = Infinity;

  /**
   * @param milliseconds that the server took. @param bytes that it was sent.
   * @returns milliseconds to wait before it is sent more.
   */
  pause(milliseconds: number, bytes: number): number {
    const each = milliseconds / Math.max(1, bytes);
    this.#best = Math.min(this.#best * forgotten, each);
    const usual = this.#best * Math.max(1, bytes) * slowAfter;
    return milliseconds < noticed ? 0 : Math.min(longest, Math.max(0, milliseconds - usual));
  }
}
