import {
  type Block,
  folded,
  type Inline,
  list,
  paragraph,
  quiet,
  strong,
  table,
  leftOut,
} from "../text/document";
import { counted, moment } from "../text/words";
import type { KeptGate } from "../history/kept-release";
import type { ChangedEnvironment } from "./release-diff";

/** What each verdict does to a release, in a word; in the order in which they are shown. */
const does = {
  refuse: { one: "refuses", several: "refuse" },
  waiting: { one: "waits", several: "wait" },
  warn: { one: "warns", several: "warn" },
  pass: { one: "passes", several: "pass" },
} as const;
const signs = { refuse: "✗", waiting: "?", warn: "!", pass: "✓" } as const;

/** What stops a release is shown at once; what does not is a number that opens. */
export function composeGates({ gates, record }: ChangedEnvironment, most: number): readonly Block[] {
  if (!gates.known) return [];
  const { at, gates: all, unjudged } = gates.value;
  const of = (verdict: KeptGate["verdict"]): readonly KeptGate[] =>
    all.filter((gate) => gate.verdict === verdict);
  const stopping = [...of("refuse"), ...of("waiting"), ...of("warn")];
  const passing = of("pass");
  const shown = record === undefined ? stopping : stopping.filter(({ verdict }) => verdict !== "waiting");
  if (all.length === 0 && unjudged.length === 0) return [];
  return [
    paragraph(strong("Gates"), " ", summary(all), quiet(` (${gates.from}, ${moment(at)} UTC)`)),
    ...table(["Gate", "", "Found"], shown.slice(0, most).map(row)),
    ...list(leftOut(shown.length, most, "gate")),
    ...folded(
      `${counted(passing.length, "gate")} that ${passing.length === 1 ? "passes" : "pass"}, with evidence`,
      [
        ...table(["Gate", "", "Evidence"], passing.slice(0, most).map(row)),
        ...list(leftOut(passing.length, most, "gate")),
      ],
    ),
    ...folded(
      `${counted(unjudged.length, "gate")} not judged here: a network is needed`,
      list([
        ...unjudged.slice(0, most).map(({ id, title }) => `${id} ${title}`),
        ...leftOut(unjudged.length, most, "gate"),
      ]),
    ),
  ];
}

function summary(all: readonly KeptGate[]): string {
  const parts = Object.entries(does).flatMap(([verdict, { one, several }]) => {
    const number = all.filter((gate) => gate.verdict === verdict).length;
    return number === 0 ? [] : [`${number} ${number === 1 ? one : several}`];
  });
  return parts.join(", ");
}

export function row({ id, title, verdict, says }: KeptGate): readonly Inline[] {
  return [[strong(id), ` ${title}`], [`${signs[verdict]}\u00A0${does[verdict].one}`], says];
}
