import type { Finding } from "../../../evidence/finding";
import { given, pass, refuse, type Judgement } from "../judgement";
import type { SmokeRecord, SourceFacts } from "../facts";
import type { Gate } from "../gate";
import { perSource, problem } from "../per";

const testedLanes = ["normal", "hot-fix", "first-time"] as const;

/** N1: CI of exactly that commit, or of the ancestor that N1 allows; or a local smoke test of it on a clean tree. */
export const n1: Gate = {
  id: "N1",
  title: "the tests of exactly this code are green",
  phase: "before",
  lanes: testedLanes,
  judge: (policy, facts) =>
    perSource(policy, facts, (source, { ci, smoke, tag }) => {
      if (ci.finding === "found")
        return given(ci, (_, evidence) => [pass(evidence, source.name)], source.name);
      const commit = tag.finding === "found" ? tag.value.commit : undefined;
      return smokeOf(smoke, commit, source.name) ?? given(ci, () => [], source.name);
    }),
};

/** The smoke test stands in for CI where it is of this commit; a failed one outweighs a CI that never ran. */
function smokeOf(
  smoke: Finding<SmokeRecord | undefined>,
  commit: string | undefined,
  of: string,
): readonly Judgement[] | undefined {
  if (smoke.finding !== "found" || smoke.value === undefined || smoke.value.commit !== commit)
    return undefined;
  const { value, evidence } = smoke;
  const what = `smoke test "${value.command}" of ${value.commit.slice(0, 7)}: ${value.outcome}`;
  if (value.outcome === "success" && value.cleanTree)
    return [pass({ ...evidence, what, when: value.at, by: value.by }, of)];
  const found = value.cleanTree ? what : `${what}, on a tree with changes that are not committed`;
  return [
    refuse(
      problem(
        evidence.where,
        found,
        "a smoke test that succeeds on a clean tree",
        "mend it, then `slipway smoke`",
      ),
      of,
    ),
  ];
}

/** F9: each step is checked before the next one is begun: what was built before what it is built from was green is not it. */
export const f9: Gate = {
  id: "F9",
  title: "CI of every repository is green, one after the other",
  phase: "before",
  lanes: testedLanes,
  judge: (policy, facts) => [
    ...perSource(policy, facts, (source, { ci }) =>
      given(ci, (_, evidence) => [pass(evidence, source.name)], source.name),
    ),
    ...order(facts.sources),
  ],
};

/** The last repository is built from the others' images, so its CI may not have ended before theirs. */
function order(sources: readonly SourceFacts[]): readonly Judgement[] {
  const last = sources.at(-1);
  if (last?.ci.finding !== "found") return [];
  const ended = last.ci.evidence.when;
  return sources
    .slice(0, -1)
    .flatMap(({ name, ci }) =>
      ci.finding === "found" && Date.parse(ci.evidence.when) > Date.parse(ended)
        ? [
            refuse(
              problem(
                last.ci.finding === "found" ? last.ci.evidence.where : last.name,
                `CI of ${last.name} ended ${ended}, before that of ${name} (${ci.evidence.when})`,
                `${last.name} built after ${name} was green`,
                `build ${last.name} again`,
              ),
              last.name,
            ),
          ]
        : [],
    );
}

/** H2: unit tests and build passed for exactly this commit. */
export const h2: Gate = {
  id: "H2",
  title: "unit tests and build pass",
  phase: "before",
  lanes: testedLanes,
  judge: (policy, facts) =>
    perSource(policy, facts, (source, { ci }) =>
      given(ci, (_, evidence) => [pass(evidence, source.name)], source.name),
    ),
};
