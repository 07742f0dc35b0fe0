/** What people are told of a release (rule F26). */
export type NewsState = "started" | "failed" | "ready";

const words: Readonly<Record<NewsState, string>> = { started: "started", failed: "FAILED", ready: "ready" };

/** F26: one sentence for a chat. Example: `fragalysis PRODUCTION: ready. Image tag is "2026.11.1"`. */
export function newsText(
  {
    system,
    environment,
    release,
  }: { readonly system: string; readonly environment: string; readonly release: string },
  state: NewsState,
  reason?: string,
): string {
  const text = `${system} ${environment.toUpperCase()}: ${words[state]}. Image tag is "${release}"`;
  return reason === undefined ? text : `${text}. ${reason.split("\n")[0] ?? ""}`;
}
