import type { Finding } from "../lib/evidence/finding";
import { evidenceLine } from "../lib/evidence/service-evidence";
import type { Facts } from "../lib/release/gates/facts";
import type { GateReport, Report } from "../lib/release/gates/judge";
import type { Judgement, Verdict } from "../lib/release/gates/judgement";

const signs: Readonly<Record<Verdict, string>> = { pass: "✓", warn: "!", waiting: "?", refuse: "✗" };
const worstFirst: readonly Verdict[] = ["refuse", "waiting", "warn", "pass"];

/** Everything that was judged about a release, on one page: what stops it first, each with what mends it. */
export function checkPage(report: Report, facts: Facts): string {
  const said = new Map<string, string>();
  const lines = [
    `${report.environment} · ${report.release} · release hash ${shortHash(report.hash)} · judged ${report.at.slice(0, 16).replace("T", " ")} UTC`,
    summary(report),
    "",
    ...evidence(report, facts),
    "",
    ...worstFirst.flatMap((verdict) =>
      report.gates
        .filter((gate) => gate.verdict === verdict && gate.setAside === undefined)
        .flatMap((gate) => gateLines(gate, said)),
    ),
    ...report.gates
      .filter(({ setAside }) => setAside !== undefined)
      .map(({ id, title, setAside }) => `– ${id.padEnd(4)} ${title}: ${setAside ?? ""}`),
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

/** One line of evidence per service, from the tag to what runs; and of every source that no service is built from. */
function evidence({ services }: Report, { sources, pins, release }: Facts): readonly string[] {
  const shown = new Set(services.map(({ source }) => source));
  const served = new Set(release.services.map(({ image }) => image));
  return [
    ...services.map((service) => `  ${evidenceLine(service)}`),
    ...sources
      .filter(({ name }) => !shown.has(name))
      .map(({ name, tag, branch, ci }) => {
        const links = [
          link("tag", tag, ({ commit }) => commit.slice(0, 8)),
          link("branch", branch, (text) => text),
          link("ci", ci, (text) => text),
        ];
        return `  ${name}: ${links.join(" · ")}`;
      }),
    ...pins
      .filter(({ pin }) => !served.has(pin.name))
      .map(
        ({ pin, digest }) =>
          `  ${pin.name}: ${pin.repository}:${pin.tag} · ${link("digest", digest, (text) => text.slice(0, 19))}`,
      ),
  ];
}

function link<T>(name: string, finding: Finding<T>, shown: (value: T) => string): string {
  if (finding.finding === "found") return `${name} ${shown(finding.value)} ✓`;
  return `${name} ${finding.finding === "contradicted" ? "✗" : "?"}`;
}

function gateLines(
  { id, title, verdict, judgements, overridden }: GateReport,
  said: Map<string, string>,
): readonly string[] {
  const notes =
    verdict === "pass" ? passed(judgements) : judgements.flatMap((one) => objection(one, id, said));
  const accepted = overridden.map(
    ({ override }) => `       overridden by ${override.by}: ${override.reason}`,
  );
  return [`${signs[verdict]} ${id.padEnd(4)} ${title}`, ...notes, ...accepted];
}

/** A gate that passes is one line of evidence; the JSON has all of it. */
function passed(judgements: readonly Judgement[]): readonly string[] {
  const said = judgements.flatMap((one) =>
    one.verdict === "pass" ? [`${one.of === undefined ? "" : `${one.of}: `}${one.evidence.what}`] : [],
  );
  return said.length === 0 ? [] : [`       ${said.join("; ").slice(0, 160)}`];
}

/** @param said problems that are on the page already, by the gate that they stand under: one silent server is explained once. */
function objection(judgement: Judgement, id: string, said: Map<string, string>): readonly string[] {
  if (judgement.verdict === "pass") return [];
  const { where, found, allowed, mend } = judgement.problem;
  const problem = JSON.stringify([where, found, allowed, mend]);
  const under = said.get(problem);
  if (under !== undefined) return [`       ${signs[judgement.verdict]} ${where}: as under ${under}`];
  said.set(problem, id);
  return [
    `       ${signs[judgement.verdict]} ${where}: ${found}`,
    `         allowed: ${allowed}`,
    `         mend:    ${mend}`,
  ];
}

/** The first 12 digits, as approvals are given for. */
function shortHash(hash: string): string {
  return hash.slice("sha256:".length, "sha256:".length + 12);
}
