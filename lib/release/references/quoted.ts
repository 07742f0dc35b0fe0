/** Longest piece of foreign text that a message repeats, in characters. */
const longest = 80;

/**
 * Foreign text fit for a message: in double quotes, cut at 80 characters with its length said, and with everything but printable ASCII
 * written as `\u{…}`, so that control characters do nothing and a full-width digit is seen to be one.
 */
export function quoted(text: string): string {
  const shown = text
    .slice(0, longest)
    .replaceAll(/[\\"]/g, "\\$&")
    .replaceAll(/[^\x20-\x7e]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
  return text.length <= longest ? `"${shown}"` : `"${shown}…" (${text.length} characters)`;
}
