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

/**
 * @returns the source of a JavaScript regular expression with the flag `u` that matches what Python's `re.search` matches.
 * @throws UnsupportedPattern for what JavaScript can't say.
 */
export function fromPython(pattern: string): string {
  let made = "";
  for (let at = 0; at < pattern.length;) {
    const [length, text] = token(pattern.slice(at), pattern);
    made += text;
    at += length;
  }
  try {
    new RegExp(made, "u");
  } catch (error) {
    throw new UnsupportedPattern(`${pattern}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return made;
}

function token(rest: string, pattern: string): [number, string] {
  const first = String.fromCodePoint(rest.codePointAt(0) ?? 0);
  if (first === "\\") return escape(rest.slice(1), outside, pattern);
  if (first === "[") return characterClass(rest, pattern);
  if (first === "$") return [1, `(?=\\n?${endOfText})`];
  if (first === ".") return [1, "[^\\n]"];
  if (first === "{") {
    const found = quantifier.exec(rest)?.[0];
    if (found) return [found.length, found.startsWith("{,") ? `{0${found.slice(1)}` : found];
    return [1, "\\{"];
  }
  if (first === "}" || first === "]" || first === "/") return [1, `\\${first}`];
  if (rest.startsWith("(?")) return group(rest, pattern);
  if (/^[*+?}][+]/.test(rest)) throw new UnsupportedPattern(`${pattern}: a possessive quantifier`);
  return [first.length, first];
}

function group(rest: string, pattern: string): [number, string] {
  const plain = groupStart.exec(rest)?.[0];
  if (plain) return [plain.length, plain];
  const named = /^\(\?P<(?<name>\w+)>/.exec(rest);
  if (named) return [named[0].length, `(?<${named.groups?.["name"] ?? ""}>`];
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
  if (/[0-9]/.test(letter)) return reference(rest, special, pattern);
  const literal = String.fromCodePoint(rest.codePointAt(0) ?? 0);
  const needsEscape = syntax.test(literal) || (special === inside && /[-&!#%,:;<=>@`~]/.test(literal));
  return [literal.length + 1, needsEscape ? classSafe(literal) : literal];
}

function classSafe(literal: string): string {
  return syntax.test(literal) || literal === "-" ? `\\${literal}` : literal;
}

/** Back-references mean the same; octal escapes don't exist under `/u`. */
function reference(
  rest: string,
  special: Readonly<Record<string, string>>,
  pattern: string,
): [number, string] {
  const digits = /^[1-9][0-9]?/.exec(rest)?.[0];
  if (digits && special === outside) return [digits.length + 1, `\\${digits}`];
  throw new UnsupportedPattern(`${pattern}: an octal escape`);
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
