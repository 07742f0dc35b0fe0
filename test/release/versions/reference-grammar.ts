import { DateTime } from "luxon";

/** One scheme's grammar written a second time, by another technique than the code's; what the code says is held against it. */
export type Grammar = (text: string) => boolean;

const below = (digits: string) => BigInt(digits) < BigInt(Number.MAX_SAFE_INTEGER);

// The expression that semver.org publishes for Semantic Versioning 2.0.0, with a `v` or nothing in front.
const semver =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$/;

function semverGrammar(prefix: string): Grammar {
  return (text) => {
    const match =
      text.startsWith(prefix) && text.length <= 256 ? semver.exec(text.slice(prefix.length)) : null;
    // The library's numbers may be as large as a number can be exactly.
    return (
      match !== null &&
      [match[1], match[2], match[3]].every((part) => BigInt(part ?? 0) <= BigInt(Number.MAX_SAFE_INTEGER))
    );
  };
}

const calver: Grammar = (text) => {
  const match =
    /^([0-9]{1,16})\.([0-9]{1,16})\.([0-9]{1,16})(?:-(?:(?:alpha|beta|rc)\.)?([1-9][0-9]{0,15}))?$/.exec(
      text,
    );
  if (match === null) return false;
  const [, first = "", second = "", third = "", suffix = "1"] = match;
  if (![first, second, third, suffix].every(below)) return false;
  return first.length !== 4 || /^(?:0?[1-9]|1[0-2])$/.test(second);
};

const majorMinor: Grammar = (text) => {
  const match = /^(?:release-)?v?(0|[1-9][0-9]{0,15})-(0|[1-9][0-9]{0,15})$/.exec(text);
  return match !== null && below(match[1] ?? "") && below(match[2] ?? "");
};

const retag: Grammar = (text) => {
  const match =
    /^(?:dev|staging|prod)-[0-9a-f]{7}[0-9a-f]?-([0-9]{2})-([0-9]{2})-([0-9]{4})\.(0|[1-9][0-9]{0,11})$/.exec(
      text,
    );
  if (match === null) return false;
  const [, day, month, year, seconds] = match.map(Number);
  const days = [
    31,
    (year ?? 0) % 4 === 0 && ((year ?? 0) % 100 !== 0 || (year ?? 0) % 400 === 0) ? 29 : 28,
    31,
    30,
    31,
    30,
  ];
  days.push(31, 31, 30, 31, 30, 31);
  const inMonth = days[(month ?? 0) - 1] ?? 0;
  return (
    (day ?? 0) >= 1 &&
    (day ?? 0) <= inMonth &&
    (seconds ?? 0) <= DateTime.utc(9999, 12, 31, 23, 59, 59).toSeconds()
  );
};

const hex = new Set("0123456789abcdef");
const isHex = (text: string) => Array.from(text).every((char) => hex.has(char));

const commit: Grammar = (text) =>
  isHex(text) && ((text.length > 6 && text.length < 41) || text.length === 64);

const digest: Grammar = (text) => text.length === 71 && text.indexOf("sha256:") === 0 && isHex(text.slice(7));

export const grammars: Readonly<Record<string, Grammar>> = {
  semver: semverGrammar("v"),
  "semver-plain": semverGrammar(""),
  calver,
  "major-minor": majorMinor,
  "environment-commit-time": retag,
  "git-commit": commit,
  digest,
};
