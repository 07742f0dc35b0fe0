import type { Facts } from "../facts";
import type { Gate } from "../gate";
import { given, pass, refuse, waiting, warn, type Judgement } from "../judgement";
import { inConfig, problem } from "../per";
import { before, type Policy } from "../policy";
import { promoted } from "./promotion";

/** Deploy and integration tests of the environment before passed for the commits that come (rules H4, H5). */
function jobsPassed(policy: Policy, facts: Facts): readonly Judgement[] {
  const previous = before(policy);
  if (previous === undefined)
    return [
      pass(inConfig(policy, facts, `${policy.environment} is the first of its chain`, "slipway:promotion")),
    ];
  return given(facts.jobs, (jobs, evidence) =>
    policy.sources.flatMap((source) => {
      const commit = facts.pins.find(({ pin }) => source.images.includes(pin.name))?.pin.commit;
      return [`Deploy ${previous}`, `Integration ${previous}`].map((name) => {
        const runs = jobs.filter(
          (job) =>
            job.name.toLowerCase() === name.toLowerCase() &&
            commit !== undefined &&
            job.commit.startsWith(commit),
        );
        const latest = runs.reduce<(typeof runs)[number] | undefined>(
          (last, run) => (last === undefined || Date.parse(run.at) > Date.parse(last.at) ? run : last),
          undefined,
        );
        const of = commit?.slice(0, 8) ?? "an unknown commit";
        const found = `${name} of ${of}: ${latest?.outcome ?? "no run"}`;
        const objection = problem(
          latest?.link ?? evidence.where,
          found,
          `${name} succeeds for exactly this commit`,
          `run ${name} for ${of}`,
        );
        if (latest?.outcome === "success")
          return pass({ what: found, where: latest.link, when: latest.at, by: latest.by }, source.name);
        return latest?.outcome === "pending"
          ? waiting(objection, source.name)
          : refuse(objection, source.name);
      });
    }),
  );
}

/** H4: deploy and integration in dev pass before staging. */
export const h4: Gate = {
  id: "H4",
  title: "deploy and integration tests passed in dev",
  phase: "before",
  lanes: promoted,
  judge: jobsPassed,
};
/** H5, its machine half: deploy and integration in staging pass before prod. The wranglers' half is `people.ts`. */
export const h5jobs = jobsPassed;

/** H7: release and deploy are two steps: what is deployed was released before, by retagging it. */
export const h7: Gate = {
  id: "H7",
  title: "it was released before it is deployed",
  phase: "before",
  lanes: ["normal", "hot-fix"],
  judge: (policy, facts) =>
    given(facts.released, (released, evidence) => {
      const step = `slipway release ${policy.environment}`;
      if (released === undefined)
        return [
          refuse(
            problem(evidence.where, "no finished release", "a release that the deployment follows", step),
          ),
        ];
      const other = facts.pins.filter(
        ({ pin }) => released[pin.name] !== undefined && released[pin.name]?.digest !== pin.digest,
      );
      const unreleased = facts.pins.filter(({ pin }) => released[pin.name] === undefined);
      return [
        ...other.map(({ pin }) =>
          refuse(
            problem(
              evidence.where,
              `${pin.name} was released as ${released[pin.name]?.digest.slice(0, 19) ?? ""}`,
              `${pin.digest?.slice(0, 19) ?? "a digest"}, as pinned`,
              step,
            ),
            pin.name,
          ),
        ),
        ...unreleased.map(({ pin }) =>
          refuse(
            problem(evidence.where, `${pin.name} was not released`, "every image of the deployment", step),
            pin.name,
          ),
        ),
        ...(other.length + unreleased.length === 0 ? [pass(evidence)] : []),
      ];
    }),
};

/** H12: the deployment's own config is on the branch that belongs to this environment; its commit is recorded. */
export const h12: Gate = {
  id: "H12",
  title: "the deployment's config is of the right branch",
  phase: "before",
  judge: (policy, facts) =>
    given(facts.release.deployment, ({ branch, commit }, evidence) => {
      const wanted = policy.places.deploymentBranch;
      if (wanted === undefined || branch === wanted)
        return [pass({ ...evidence, what: `deployment config ${commit.slice(0, 8)} of ${branch}` })];
      const wrong = problem(
        evidence.where,
        `branch ${branch}`,
        `${wanted}, for ${policy.environment}`,
        `git switch ${wanted}`,
      );
      return [policy.grade === "development" ? warn(wrong) : refuse(wrong)];
    }),
};
