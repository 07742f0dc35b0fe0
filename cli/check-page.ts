import type { Facts } from "../lib/release/gates/facts";
import type { GateReport, Report } from "../lib/release/gates/judge";
import type { Judgement, Verdict } from "../lib/release/gates/judgement";
import { evidenceTable } from "./evidence-table";

const signs: Readonly<Record<Verdict, string>> = { pass: "✓", warn: "!", waiting: "?", refuse: "✗" };

/** The page's parts, in the order in which they matter; a part that nothing belongs to is left out. */
const parts = [
  { heading: "Stops the release", verdicts: ["refuse", "waiting"] },
  { heading: "Good to know", verdicts: ["warn"] },
  { heading: "Passes", verdicts: ["pass"] },
] as const;

const width = 110;
const indent = "       ";

/** Everything that was judged about a release, on one page: what stops it first, each with what mends it. */
export function checkPage(report: Report, facts: Facts): string {
  const said = new Map<string, string>();
  const judged = report.gates.filter(({ setAside }) => setAside === undefined);
  const lines = [
    `${report.environment} · ${report.release} · release hash ${shortHash(report.hash)} · judged ${report.at.slice(0, 16).replace("T", " ")} UTC`,
    summary(report),
    "",
    ...evidenceTable(report, facts),
    ...parts.flatMap(({ heading, verdicts }) => {
      const gates = verdicts.flatMap((verdict) => judged.filter((gate) => gate.verdict === verdict));
      return gates.length === 0 ? [] : ["", heading, ...gates.flatMap((gate) => gateLines(gate, said))];
    }),
    ...setAside(report),
  ];
  // What others wrote (tags, titles, reasons) must not move the cursor of whoever reads it.
  return lines.map((line) => line.replaceAll(/\p{Cc}/gu, "�")).join("\n");
}

function summary({ verdict, gates }: Report): string {
  const count = (one: Verdict): number =>
    gates.filter((gate) => gate.verdict === one && gate.setAside === undefined).length;
  const words = `${count("refuse")} refuse, ${count("waiting")} wait, ${count("warn")} warn, ${count("pass")} pass`;
  if (verdict === "pass" || verdict === "warn") return `${signs[verdict]} may be released: ${words}`;
  return `${signs[verdict]} cannot be released${verdict === "waiting" ? " yet" : ""}: ${words}`;
}

function setAside({ gates }: Report): readonly string[] {
  const lines = gates.flatMap(({ id, title, setAside: why }) =>
    why === undefined ? [] : [`– ${id.padEnd(4)} ${title}: ${why}`],
  );
  return lines.length === 0 ? [] : ["", "Does not hold here", ...lines];
}

function gateLines(
  { id, title, verdict, judgements, overridden }: GateReport,
  said: Map<string, string>,
): readonly string[] {
  const notes =
    verdict === "pass" ? passed(judgements) : judgements.flatMap((one) => objection(one, id, said));
  const accepted = overridden.map(
    ({ override }) => `${indent}overridden by ${override.by}: ${override.reason}`,
  );
  return [`${signs[verdict]} ${id.padEnd(4)} ${title}`, ...notes, ...accepted];
}

/** What showed that a gate passes, one thing after the other. */
function passed(judgements: readonly Judgement[]): readonly string[] {
  const said = judgements.flatMap((one) =>
    one.verdict === "pass" ? [`${one.of === undefined ? "" : `${one.of}: `}${one.evidence.what}`] : [],
  );
  return said.length === 0 ? [] : wrapped(said);
}

/** Texts one after the other, as many in a line as fit; one that is longer than a line is cut: the JSON has it whole. */
function wrapped(texts: readonly string[]): readonly string[] {
  const most = width - indent.length;
  const lines: string[] = [];
  for (const text of texts) {
    const short = text.length > most ? `${text.slice(0, most - 1)}…` : text;
    const last = lines.at(-1);
    if (last !== undefined && last.length + short.length + 3 <= most)
      lines[lines.length - 1] = `${last} · ${short}`;
    else lines.push(short);
  }
  return lines.map((line) => `${indent}${line}`);
}

/** @param said problems that are on the page already, by the gate that they stand under: one silent server is explained once. */
function objection(judgement: Judgement, id: string, said: Map<string, string>): readonly string[] {
  if (judgement.verdict === "pass") return [];
  const { where, found, allowed, mend } = judgement.problem;
  const problem = JSON.stringify([where, found, allowed, mend]);
  const under = said.get(problem);
  if (under !== undefined) return [`${indent}${signs[judgement.verdict]} ${where}: as under ${under}`];
  said.set(problem, id);
  return [
    `${indent}${signs[judgement.verdict]} ${where}: ${found}`,
    `${indent}  allowed: ${allowed}`,
    `${indent}  mend:    ${mend}`,
  ];
}

/** The first 12 digits, as approvals are given for. */
function shortHash(hash: string): string {
  return hash.slice("sha256:".length, "sha256:".length + 12);
}
