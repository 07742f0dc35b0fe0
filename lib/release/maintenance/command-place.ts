/** How a command ended. */
export type Ran =
  | { readonly ended: "well"; readonly output: string }
  /** `why` is fit to print: no secret, one line. */
  | { readonly ended: "badly"; readonly why: string }
  /** There is nothing yet in which it could run. */
  | { readonly ended: "not-deployed"; readonly why: string };

/** Where a service's commands are run: a pod of it, or this machine. Never throws. */
export interface CommandPlace {
  run(command: readonly string[]): Promise<Ran>;
}

/** No command of ours says more than this, in bytes; one that does is cut off. */
export const mostOutput = 1024 * 1024;

const longestLine = 300;

/** What a command said last before it failed, as one line; a password in an address is blanked out (rule X5). */
export function lastLine(text: string): string {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== "");
  const line = (lines.at(-1) ?? "it said nothing").replaceAll(/\p{Cc}/gu, " ").trim();
  return line.replaceAll(/(\w:\/\/)[^@/\s]*@/g, "$1***@").slice(0, longestLine);
}
