/** A count as people write it. Example: `1,284,311`. */
export function count(number: number): string {
  return number.toLocaleString("en");
}

/** Example: `1 gate`, `3 gates`. */
export function counted(number: number, one: string, several = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : several}`;
}

/** The first 12 digits: enough to tell two digests apart, short enough to be read. Example: `c951d6f775a6`. */
export function short(digest: string): string {
  return digest.replace(/^sha256:/, "").slice(0, 12);
}

/** A stretch of time in the unit that fits it. @param milliseconds Example: `850 ms`, `41 s`, `6 min 40 s`, `3 d 20 h`. */
export function span(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return milliseconds < 10_000 ? `${(milliseconds / 1000).toFixed(1)} s` : `${seconds} s`;
  const units = [
    ["d", 86_400],
    ["h", 3600],
    ["min", 60],
    ["s", 1],
  ] as const;
  const first = units.findIndex(([, size]) => seconds >= size);
  const [unit, size] = units[first] ?? ["s", 1];
  const [next, nextSize] = units[first + 1] ?? ["", 1];
  const whole = Math.floor(seconds / size);
  const rest = Math.floor((seconds - whole * size) / nextSize);
  return rest === 0 || next === "" ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${next}`;
}

/** How long ago something was, as of a moment. Example: `2 d 6 h`, `just now`. */
export function age(since: string, asOf: string): string {
  const milliseconds = Date.parse(asOf) - Date.parse(since);
  return milliseconds < 60_000 ? "just now" : span(milliseconds);
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A moment in UTC. Example: `21 Nov 2026, 10:05`. */
export function moment(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  return `${day(iso)}, ${at.toISOString().slice(11, 16)}`;
}

/** Its day. Example: `21 Nov 2026`. */
export function day(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  return `${at.getUTCDate()} ${months[at.getUTCMonth()] ?? ""} ${at.getUTCFullYear()}`;
}

/** Texts of any length on one line of a bounded one; control characters never reach whoever reads it. */
export function oneLine(text: string, longest = 200): string {
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, " ").trim();
  const letters = Array.from(line);
  return letters.length <= longest
    ? line
    : `${letters
        .slice(0, longest - 1)
        .join("")
        .trimEnd()}…`;
}
