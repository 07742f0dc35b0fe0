const mark = "failed: ";
const mostCharacters = 300;

/** A failure in one line, so that whoever sees only the end of a run sees all of them. */
export function formatFailure(title: string, message: string): string {
  return `${mark}${title}: ${message.trim().replace(/\s+/g, " ")}`.slice(0, mostCharacters);
}

/** Whether a line is such a one. */
export function isFailure(line: string): boolean {
  return line.startsWith(mark);
}
