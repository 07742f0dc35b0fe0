/** What an ordinary writer was answered. */
export type CanaryVerdict = "accepted" | "refused" | "in-doubt";

/**
 * Writes as an ordinary writer does. `refused` only when the server said that writes are not allowed; no answer, or any
 * other one, is `in-doubt`, and in doubt nothing is opened (rules N10, N15).
 */
export interface Canary {
  write(): Promise<CanaryVerdict>;
}
