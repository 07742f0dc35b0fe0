import { DateTime } from "luxon";
import type { Evidence } from "../../../evidence/finding";
import { Refusal } from "../../../problem";
import { CalverVersion } from "../../versions/calver-version";
import { fitFor } from "../../versions/environment-fit";
import { isMoving } from "../../versions/moving-reference";
import { judgeNewVersion } from "../../versions/new-version";
import { schemeNamed } from "../../versions/schemes";
import { read } from "../../versions/version-scheme";
import { current } from "../deployment";
import type { Facts } from "../facts";
import type { Gate } from "../gate";
import { given, pass, refuse, warn, type Judgement } from "../judgement";
import { perSource, problem } from "../per";
import type { Policy, SourcePolicy } from "../policy";

/** N2: a new tag is one of those that may come next; an old one must exist, and may go anywhere. */
export const n2: Gate = {
  id: "N2",
  title: "the version is the next one, or one that exists",
  phase: "before",
  judge: (policy, facts) =>
    perSource(policy, facts, (source, { tags }) =>
      given(
        tags,
        (existing, evidence) => {
          if (facts.release.intent === "create") return judgeNew(policy, facts, source, existing, evidence);
          const what = `${source.tag} is a published tag`;
          return existing.includes(source.tag)
            ? [pass({ ...evidence, what }, source.name)]
            : [noSuchTag(source, evidence.where)];
        },
        source.name,
      ),
    ),
};

/** A new version is one of those that may come next; a hot-fix repairs what runs in this environment (rule F20). */
function judgeNew(
  policy: Policy,
  facts: Facts,
  source: SourcePolicy,
  existing: readonly string[],
  evidence: Evidence,
): readonly Judgement[] {
  const { deployments } = facts;
  const running =
    deployments.finding === "found" ? current(deployments.value, policy.environment) : undefined;
  const production = running?.pins.find(({ name }) => source.images.includes(name))?.tag;
  try {
    const { step, warnings } = judgeNewVersion(schemeNamed(source.scheme), source.tag, {
      existing,
      now: DateTime.fromISO(facts.now, { zone: policy.zone }),
      ...(production === undefined ? {} : { production }),
    });
    return [
      pass({ ...evidence, what: `${source.tag} comes next (${step})` }, source.name),
      ...warnings.map((found) =>
        warn(problem(evidence.where, found, schemeNamed(source.scheme).form, "look at it"), source.name),
      ),
    ];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.problems.map((one) => refuse(one, source.name));
  }
}

function noSuchTag(source: SourcePolicy, where: string): Judgement {
  return refuse(
    problem(
      where,
      `no tag ${source.tag}`,
      "a tag that exists",
      `tag ${source.name} first, or name another tag`,
    ),
    source.name,
  );
}

/** F2: the preferred form of a calendar version, and that it is of this month. */
export const f2: Gate = {
  id: "F2",
  title: "tags are YEAR.MONTH.ITERATION of this month",
  phase: "before",
  judge: (policy, facts) =>
    perSource(policy, facts, (source, { tag }) => {
      const version = read(schemeNamed("calver"), source.tag);
      const where = `tag ${source.tag} of ${source.name}`;
      if (!(version instanceof CalverVersion)) {
        return [
          refuse(
            problem(where, source.tag, "YEAR.MONTH.ITERATION, such as 2023.06.1", "tag it in that form"),
            source.name,
          ),
        ];
      }
      const [year, month, iteration] = version.parts;
      if (iteration === 0 && !policy.limits.iterationZero) {
        return [
          refuse(
            problem(where, "ITERATION 0", "1 for the month's first release", "tag it in that form"),
            source.name,
          ),
        ];
      }
      const warnings = version.verdict.warnings.map((found) =>
        problem(where, found, "YEAR.MONTH.ITERATION", "use it for the next tag"),
      );
      const made = DateTime.fromISO(tag.finding === "found" ? tag.value.at : facts.now, {
        zone: policy.zone,
      });
      const late = made.year === year && made.month === month;
      const month2 = problem(
        where,
        `a tag of ${year}-${month} made in ${made.toFormat("yyyy-LL")}`,
        "the month that it is made in",
        "use it for the next tag",
      );
      const all = [...warnings, ...(late ? [] : [month2])];
      const evidence = {
        what: `${source.tag} has the preferred form`,
        where: source.name,
        when: facts.now,
        by: source.name,
      };
      return all.length === 0 ? [pass(evidence, source.name)] : all.map((one) => warn(one, source.name));
    }),
};

function fits(
  policy: Parameters<Gate["judge"]>[0],
  facts: Parameters<Gate["judge"]>[1],
  tag: string,
  source: SourcePolicy,
): readonly Judgement[] {
  const environment = {
    name: policy.environment,
    grade: policy.grade,
    hotFixLane: policy.lane.kind === "hot-fix",
  };
  const fit = fitFor(schemeNamed(source.scheme), tag, environment);
  if (!fit.fits) return [refuse(fit.problem, source.name)];
  const evidence = {
    what: `${tag}: ${fit.verdict.reason}`,
    where: source.name,
    when: facts.now,
    by: source.scheme,
  };
  return [
    pass(evidence, source.name),
    ...fit.verdict.warnings.map((found) =>
      warn(
        problem(source.name, found, schemeNamed(source.scheme).form, "use that form for the next tag"),
        source.name,
      ),
    ),
  ];
}

/** F3: a tag of three numeric parts goes to production, a candidate to staging, all else is only built. */
export const f3: Gate = {
  id: "F3",
  title: "the tag may go to this environment",
  phase: "before",
  alone: true,
  judge: (policy, facts) => perSource(policy, facts, (source) => fits(policy, facts, source.tag, source)),
};

/** A7: Major-Minor; a tag always refers to one exact snapshot, a branch does not. */
export const a7: Gate = {
  id: "A7",
  title: "every release is a Major-Minor tag, no branch",
  phase: "before",
  judge: (policy, facts) =>
    perSource(policy, facts, (source) => {
      if (read(schemeNamed("major-minor"), source.tag) !== undefined && !isMoving(source.tag))
        return fits(policy, facts, source.tag, source);
      const allowed = `a tag as ${schemeNamed("major-minor").form}`;
      return [
        refuse(
          problem(`tag of ${source.name}`, source.tag, allowed, "name a tag; a branch goes on changing"),
          source.name,
        ),
      ];
    }),
};

/** H9: the image's tag was made for this environment, from the commit that is released, and still names the same bytes. */
export const h9: Gate = {
  id: "H9",
  title: "images carry this environment's release tag",
  phase: "before",
  judge: (policy, facts) =>
    perSource(policy, facts, (source) =>
      facts.pins
        .filter(({ pin }) => source.images.includes(pin.name))
        .flatMap(({ pin }) => {
          const scheme = schemeNamed("environment-commit-time");
          const judged = fits(policy, facts, pin.tag, { ...source, scheme: "environment-commit-time" });
          const commit = read(scheme, pin.tag)?.toString().split("-")[1];
          if (commit === undefined || pin.commit === undefined || pin.commit.startsWith(commit))
            return judged;
          const found = `a tag of ${commit}, an image of ${pin.commit.slice(0, 8)}`;
          return [
            ...judged,
            refuse(
              problem(pin.name, found, "one commit in both", `slipway release ${policy.environment}`),
              source.name,
            ),
          ];
        }),
    ),
};
