/**
 * Patterns in schemas made by LinkML are written for Python's `re`; this says the same for JavaScript's `/u`.
 * What differs: escapes that `/u` refuses, `$` before a last newline, `.`, and `\d \w \s \b`, which are Unicode's in Python.
 */

/** A pattern that can't be said in JavaScript; found when a release is planned (fault group 28). */
export class UnsupportedPattern extends Error {
  override readonly name = "UnsupportedPattern";
}

const endOfText = "(?![\\s\\S])";
const startOfText = "(?<![\\s\\S])";
/** Members of a character class, without brackets. */
const digit = "\\p{Nd}";
const word = "\\p{L}\\p{N}_";
const space = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const boundaryParts = {
  before: `(?<=[${word}])`,
  notBefore: `(?<![${word}])`,
  after: `(?=[${word}])`,
  notAfter: `(?![${word}])`,
};
const boundary = `(?:${boundaryParts.before}${boundaryParts.notAfter}|${boundaryParts.notBefore}${boundaryParts.after})`;
const noBoundary = `(?:${boundaryParts.before}${boundaryParts.after}|${boundaryParts.notBefore}${boundaryParts.notAfter})`;

const outside: Readonly<Record<string, string>> = {
  d: `[${digit}]`,
  D: `[^${digit}]`,
  w: `[${word}]`,
  W: `[^${word}]`,
  s: `[${space}]`,
  S: `[^${space}]`,
  b: boundary,
  B: noBoundary,
  A: startOfText,
  Z: endOfText,
  a: "\\x07",
};
const inside: Readonly<Record<string, string>> = { d: digit, w: word, s: space, b: "\\x08", a: "\\x07" };
/** Means the same in both languages. */
const common = /^(?:[nrtfv]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4})/;
const groupStart = /^\(\?(?::|=|!|<=|<!)/;
const quantifier = /^\{(?:\d+(?:,\d*)?|,\d+)\}/;
const syntax = /[\\^$.*+?()[\]{}|/]/;

/** A pattern as JavaScript has it. */
export interface JavaScriptPattern {
  /** Source of a regular expression with the flag `u`. */
  readonly source: string;
  /**
   * For each back-reference, the group that it is captured in, and the group that it refers to. In Python a reference to a
   * group that took no part fails; in JavaScript it matches the empty text, so a match has to be checked.
   */
  readonly references: readonly { readonly captured: number; readonly refersTo: number }[];
}

/**
 * @returns what matches in JavaScript what Python's `re.search` matches.
 * @throws UnsupportedPattern for what JavaScript can't say.
 */
export function fromPython(pattern: string): JavaScriptPattern {
  const groups = new Groups(pattern);
  let source = "";
  for (let at = 0; at < pattern.length;) {
    const [length, text] = token(pattern.slice(at), pattern, groups);
    source += text;
    at += length;
  }
  try {
    new RegExp(source, "u");
  } catch (error) {
    throw new UnsupportedPattern(`${pattern}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return { source, references: groups.references };
}

/** Numbers of groups in Python and here: each back-reference becomes a group of its own. */
class Groups {
  readonly references: { captured: number; refersTo: number }[] = [];
  readonly #here: number[] = [0];
  #count = 0;

  constructor(private readonly pattern: string) {}

  open(): void {
    this.#here.push(++this.#count);
  }

  refer(number: number): string {
    const refersTo = this.#here[number];
    if (refersTo === undefined) throw new UnsupportedPattern(`${this.pattern}: no group ${number} so far`);
    this.references.push({ captured: ++this.#count, refersTo });
    return `(\\${refersTo})`;
  }
}

function token(rest: string, pattern: string, groups: Groups): [number, string] {
  const first = String.fromCodePoint(rest.codePointAt(0) ?? 0);
  if (first === "\\") {
    const number = /^\\([1-9][0-9]?)/.exec(rest)?.[1];
    if (number !== undefined) return [number.length + 1, groups.refer(Number(number))];
    return escape(rest.slice(1), outside, pattern);
  }
  if (first === "[") return characterClass(rest, pattern);
  if (first === "$") return [1, `(?=\\n?${endOfText})`];
  if (first === ".") return [1, "[^\\n]"];
  if (first === "{") {
    const found = quantifier.exec(rest)?.[0];
    if (found) return [found.length, found.startsWith("{,") ? `{0${found.slice(1)}` : found];
    return [1, "\\{"];
  }
  if (first === "}" || first === "]" || first === "/") return [1, `\\${first}`];
  if (first === "(") return group(rest, pattern, groups);
  if (/^[*+?}][+]/.test(rest)) throw new UnsupportedPattern(`${pattern}: a possessive quantifier`);
  return [first.length, first];
}

function group(rest: string, pattern: string, groups: Groups): [number, string] {
  const plain = groupStart.exec(rest)?.[0];
  if (plain) return [plain.length, plain];
  const named = /^\(\?P<(?<name>\w+)>/.exec(rest);
  if (named ?? !rest.startsWith("(?")) {
    groups.open();
    return named ? [named[0].length, `(?<${named.groups?.["name"] ?? ""}>`] : [1, "("];
  }
  throw new UnsupportedPattern(`${pattern}: the group ${rest.slice(0, 4)}…`);
}

/** @param rest what follows the backslash. */
function escape(rest: string, special: Readonly<Record<string, string>>, pattern: string): [number, string] {
  const letter = rest[0];
  if (letter === undefined) throw new UnsupportedPattern(`${pattern}: a backslash at its end`);
  const known = special[letter];
  if (known !== undefined) return [2, known];
  const same = common.exec(rest)?.[0];
  if (same) return [same.length + 1, `\\${same}`];
  if (/[a-zA-Z]/.test(letter)) throw new UnsupportedPattern(`${pattern}: the escape \\${letter}`);
  if (/[0-9]/.test(letter)) throw new UnsupportedPattern(`${pattern}: an octal escape`);
  const literal = String.fromCodePoint(rest.codePointAt(0) ?? 0);
  return [
    literal.length + 1,
    syntax.test(literal) || literal === "-" ? classSafe(literal, special) : literal,
  ];
}

/** A hyphen needs its backslash in a class only, and may not have one elsewhere. */
function classSafe(literal: string, special: Readonly<Record<string, string>>): string {
  return literal === "-" && special === outside ? "-" : `\\${literal}`;
}

function characterClass(rest: string, pattern: string): [number, string] {
  let at = rest.startsWith("[^") ? 2 : 1;
  let made = rest.slice(0, at);
  // A bracket that comes first is a member, not the end.
  for (let first = true; at < rest.length; first = false) {
    const member = String.fromCodePoint(rest.codePointAt(at) ?? 0);
    if (member === "]" && !first) return [at + 1, `${made}]`];
    if (member === "\\") {
      const [length, text] = classEscape(rest.slice(at + 1), pattern);
      made += text;
      at += length;
    } else {
      made += member !== "^" && member !== "-" && syntax.test(member) ? `\\${member}` : member;
      at += member.length;
    }
  }
  throw new UnsupportedPattern(`${pattern}: a character class without its end`);
}

function classEscape(rest: string, pattern: string): [number, string] {
  if (/^[DWS]/.test(rest)) {
    // A complement inside a class: JavaScript has it for Unicode properties and for its own sets only.
    if (rest.startsWith("D")) return [2, "\\P{Nd}"];
    throw new UnsupportedPattern(`${pattern}: \\${rest[0] ?? ""} inside a character class`);
  }
  return escape(rest, inside, pattern);
}
