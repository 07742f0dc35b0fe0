import type { Change, Role, Statement } from "./statement";

/** How many must say yes, and who may. */
export interface Quorum {
  readonly role: Role;
  readonly needed: number;
  /** Only these count; without it, everybody but the excluded. */
  readonly eligible?: readonly string[] | undefined;
}

export interface Tally {
  readonly counted: readonly Statement[];
  /** What did not count, each with its reason. */
  readonly setAside: readonly { readonly statement: Statement; readonly why: string }[];
  /** People whose last word is no: one of them is enough to stop the release. */
  readonly rejected: readonly Statement[];
  /** How many are still needed. */
  readonly missing: number;
}

/**
 * Counts approvals of exactly what would be released (rules H3, H5, H6, A9).
 * - Bound to content: an approval counts for the hash that it was given for, and for no other. Whatever changes what would be
 *   released voids it; a push that changes nothing of it does not.
 * - Never by the author, the last pusher or a bot.
 * - A person's last word in a role holds. A rejection holds over later changes, until its author takes it back or approves.
 */
export function count(quorum: Quorum, change: Change, statements: readonly Statement[]): Tally {
  const spoken = statements.filter((statement) => statement.role === quorum.role);
  const last = lastWords(spoken);
  const judged = last.map((statement) => ({ statement, why: whyNot(statement, quorum, change) }));
  const counted = judged.filter(({ why }) => why === undefined).map(({ statement }) => statement);
  return {
    counted,
    setAside: [
      ...judged.flatMap(({ statement, why }) => (why === undefined ? [] : [{ statement, why }])),
      ...spoken
        .filter((statement) => !last.includes(statement))
        .map((statement) => ({ statement, why: "said something else later" })),
    ],
    rejected: last.filter((statement) => statement.says === "reject" && mayJudge(statement, quorum)),
    missing: Math.max(0, quorum.needed - counted.length),
  };
}

/** The newest statement of each person; of two at the same moment the later in the list. */
function lastWords(statements: readonly Statement[]): readonly Statement[] {
  const newest = new Map<string, Statement>();
  for (const statement of statements) {
    const key = statement.by.toLowerCase();
    const before = newest.get(key);
    if (before === undefined || Date.parse(statement.at) >= Date.parse(before.at)) newest.set(key, statement);
  }
  return [...newest.values()];
}

function whyNot(statement: Statement, quorum: Quorum, change: Change): string | undefined {
  const by = statement.by.toLowerCase();
  if (statement.says !== "approve") return statement.says === "reject" ? "rejects it" : "was withdrawn";
  if (statement.bot) return "is a bot";
  if (by === change.author.toLowerCase()) return "is the author";
  if (by === change.lastPusher.toLowerCase()) return "pushed last";
  if (!isEligible(by, quorum)) return `is none of ${(quorum.eligible ?? []).join(", ")}`;
  if (statement.hash === "") return "approved something that is not known here";
  if (statement.hash !== change.hash) return `approved ${short(statement.hash)}, and that has changed since`;
  return undefined;
}

function mayJudge(statement: Statement, quorum: Quorum): boolean {
  return !statement.bot && isEligible(statement.by.toLowerCase(), quorum);
}

function isEligible(by: string, quorum: Quorum): boolean {
  return quorum.eligible === undefined || quorum.eligible.some((name) => name.toLowerCase() === by);
}

/** The first 12 digits of a hash, for people. */
export function short(hash: string): string {
  return hash.replace(/^sha256:/, "").slice(0, 12);
}
