import { Refusal } from "../../problem";
import { quoted } from "./quoted";

const longest = 250;
// What git itself forbids in a name, and names that would be read as an option.
const forbidden: readonly [RegExp, string][] = [
  [/[^\x21-\x7e\u00a0-\uffff]/, "no spaces and no control characters"],
  [/[~^:?*[\\]/, "none of ~ ^ : ? * [ \\"],
  [/\.\.|@\{|\/\/|^@$/, "no `..`, no `@{`, no `//`"],
  [/^[-/.]|\/\.|[/.]$/, "no `-`, `.` or `/` at its start, no `/` or `.` at its end"],
  [/\.lock(?:\/|$)/, "no `.lock` at the end of a part"],
];

/** The name of a tag or branch, as git allows it, so that it can stand in a command without being anything else. */
export class ReferenceName {
  private constructor(private readonly name: string) {}

  /** @throws Refusal that says which of git's own rules the name breaks. */
  static parse(text: string, where = "git reference"): ReferenceName {
    const broken = forbidden.filter(([form]) => form.test(text)).map(([, rule]) => rule);
    if (text.length === 0 || text.length > longest) broken.push(`1 to ${longest} characters`);
    if (broken.length === 0) return new ReferenceName(text);
    throw new Refusal("git reference", [
      {
        where,
        found: quoted(text),
        allowed: broken.join("; "),
        mend: "write the tag or branch as `git tag` or `git branch` prints it",
      },
    ]);
  }

  toString(): string {
    return this.name;
  }
}

/** A complete commit id: 40 hex digits, or 64 in repositories with SHA-256. */
export class CommitId {
  private constructor(private readonly id: string) {}

  /** @throws Refusal for an abbreviated id too: what it stands for can change. */
  static parse(text: string, where = "commit"): CommitId {
    if (CommitId.is(text)) return new CommitId(text);
    throw new Refusal("commit id", [
      {
        where,
        found: quoted(text),
        allowed: "40 or 64 lower-case hex digits",
        mend: "git rev-parse <tag>^{commit} prints it",
      },
    ]);
  }

  static is(text: string): boolean {
    return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
  }

  /** The first 8 digits, for tables and messages. */
  get short(): string {
    return this.id.slice(0, 8);
  }

  toString(): string {
    return this.id;
  }
}
