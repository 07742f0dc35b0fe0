import { current, type Deployment } from "../deployment";
import type { Facts } from "../facts";
import type { Gate } from "../gate";
import { given, pass, refuse, type Judgement } from "../judgement";
import { inConfig, problem, stackFile } from "../per";
import { before, type Policy } from "../policy";
import { compareWith, occupiedSince, soak } from "../../promotion/compare";

/** Lanes in which a release comes from the environment before: an emergency cannot wait for it, a first one has none. */
export const promoted = ["normal"] as const;

/** Judges against what the environment before this one runs; the first of the chain has none before it. */
function fromBefore(
  policy: Policy,
  facts: Facts,
  judge: (running: Deployment, environment: string) => readonly Judgement[],
): readonly Judgement[] {
  const previous = before(policy);
  if (previous === undefined) {
    return [
      pass(inConfig(policy, facts, `${policy.environment} is the first of its chain`, "slipway:promotion")),
    ];
  }
  return given(facts.deployments, (deployments, evidence) => {
    const earlier = ranHere(deployments, policy, facts);
    if (earlier !== undefined) {
      const what = `${earlier.release} ran in ${policy.environment} before: a way back needs no promotion`;
      return [pass({ what, where: earlier.where, when: earlier.at, by: earlier.by })];
    }
    const running = current(deployments, previous);
    if (running !== undefined) return judge(running, previous);
    const found = `no release of ${previous} on record`;
    return [
      refuse(
        problem(
          evidence.where,
          found,
          `what is released runs in ${previous} first`,
          `release it to ${previous}`,
        ),
      ),
    ];
  });
}

/** Going back, and applying again what runs, are legal whatever the environment before runs by now (rules N2, N18, X3). */
function ranHere(deployments: readonly Deployment[], policy: Policy, facts: Facts): Deployment | undefined {
  const pins = facts.pins.map(({ pin }) => pin);
  return deployments.find(
    (one) =>
      one.environment === policy.environment &&
      one.outcome === "released" &&
      one.verified &&
      compareWith(one, pins).length === 0,
  );
}

/** What was verified in the environment before is what comes: the same digests, and commits where digests cannot be. */
function sameAsBefore(policy: Policy, facts: Facts): readonly Judgement[] {
  return fromBefore(policy, facts, (running, environment) => {
    const pins = facts.pins.map(({ pin }) => pin);
    const differences = compareWith(running, pins);
    const mend = `slipway promote ${environment} ${policy.environment}, or release it to ${environment} first`;
    const evidence = {
      what: `${running.release} runs in ${environment}`,
      where: running.where,
      when: running.at,
      by: running.by,
    };
    return [
      ...differences.map(({ name, found, allowed }) =>
        refuse(problem(running.where, found, allowed, mend), name),
      ),
      ...(differences.length === 0 ? [pass(evidence)] : []),
      ...(running.verified
        ? []
        : [
            refuse(
              problem(
                running.where,
                `${running.release} was not verified in ${environment}`,
                "a release that was verified",
                `verify ${environment}`,
              ),
            ),
          ]),
    ];
  });
}

/** F15: production takes the commit that was tried on staging. */
export const f15: Gate = {
  id: "F15",
  title: "the same commit ran on staging",
  phase: "before",
  lanes: promoted,
  judge: sameAsBefore,
};

/** H8: production gets what is on staging. */
export const h8: Gate = {
  id: "H8",
  title: "what comes is what runs in the environment before",
  phase: "before",
  lanes: promoted,
  judge: sameAsBefore,
};

/** H15: dev, then staging, then prod; nothing is skipped. */
export const h15: Gate = {
  id: "H15",
  title: "environments come in their order",
  phase: "before",
  lanes: promoted,
  judge: (policy, facts) => {
    const { chain } = policy.promotion;
    if (!chain.includes(policy.environment)) {
      return [
        refuse(
          problem(
            `${stackFile(policy)} slipway:promotion.chain`,
            `${policy.environment} is not in it`,
            chain.join(" → "),
            `edit ${stackFile(policy)}`,
          ),
        ),
      ];
    }
    return fromBefore(policy, facts, (running, environment) => [
      pass({
        what: `${running.release} came to ${environment} first`,
        where: running.where,
        when: running.at,
        by: running.by,
      }),
    ]);
  },
};

/** W4: a release has run in the environment before for long enough, without a pause. */
export const w4: Gate = {
  id: "W4",
  title: "the soak time is over",
  phase: "before",
  lanes: promoted,
  judge: (policy, facts) =>
    fromBefore(policy, facts, (running, environment) => {
      const since =
        facts.deployments.finding === "found" ? occupiedSince(facts.deployments.value, running) : running.at;
      const { hoursLeft, ran } = soak(since, policy.promotion.soakHours, facts.now);
      const what = `${running.release} has run in ${environment} for ${ran.toFixed(1)} of ${policy.promotion.soakHours} h`;
      if (hoursLeft <= 0) return [pass({ what, where: running.where, when: running.at, by: running.by })];
      return [
        refuse(
          problem(
            running.where,
            what,
            `${policy.promotion.soakHours} h`,
            `wait ${hoursLeft.toFixed(1)} h more, or take the hot-fix lane with a reason`,
          ),
        ),
      ];
    }),
};

/** A9: the same images ran on beta, and somebody who tested them says so. */
export const a9: Gate = {
  id: "A9",
  title: "it ran on beta and was tested there",
  phase: "before",
  lanes: promoted,
  judge: (policy, facts) => [
    ...sameAsBefore(policy, facts),
    ...(before(policy) === undefined
      ? []
      : given(facts.statements, (statements, evidence) => {
          const tested = statements.filter(({ role, says }) => role === "tester" && says === "approve");
          const same = tested.filter(({ hash }) => hash === facts.release.hash);
          if (same.length > 0) return same.map((one) => pass(one.evidence));
          const found =
            tested.length === 0 ? "nobody signed that it was tested" : "a sign-off of another release";
          return [
            refuse(
              problem(
                evidence.where,
                found,
                "a tester's word on this release",
                `slipway approve ${policy.environment} --as tester`,
              ),
            ),
          ];
        })),
  ],
};
