import { count, short, type Quorum } from "../../approvals/count";
import type { Facts } from "../facts";
import type { Gate } from "../gate";
import { given, pass, refuse, warn, type Judgement } from "../judgement";
import { inConfig, problem, stackFile } from "../per";
import type { Policy } from "../policy";
import { h4 } from "./pipeline";

/** Counts a role's yes to exactly what would be released. */
function approved(policy: Policy, facts: Facts, quorum: Quorum): readonly Judgement[] {
  return given(facts.change, (change) =>
    given(facts.statements, (statements, evidence) => {
      const { counted, setAside, rejected, missing } = count(quorum, change, statements);
      const said = counted.map((one) => pass(one.evidence));
      const no = rejected.map((one) =>
        refuse(
          problem(
            one.evidence.where,
            `${one.by} rejects it`,
            "nobody's last word is no",
            `talk to ${one.by}`,
          ),
        ),
      );
      if (missing === 0) return [...said, ...no];
      const why = setAside.map(({ statement, why: reason }) => `${statement.by} ${reason}`);
      const found = `${counted.length} of ${quorum.needed} as ${quorum.role}${why.length === 0 ? "" : ` (${why.join("; ")})`}`;
      const allowed = `${quorum.needed} for ${short(change.hash)}, neither author nor last pusher nor bot`;
      const mend = `ask for a review, or \`slipway approve ${policy.environment} --as ${quorum.role}\``;
      return [...said, ...no, refuse(problem(evidence.where, found, allowed, mend))];
    }),
  );
}

/** H3: others looked at it: as many as the config asks for, of exactly this content. */
export const h3: Gate = {
  id: "H3",
  title: "enough others approve of exactly this",
  phase: "before",
  lanes: ["normal", "hot-fix", "first-time"],
  judge: (policy, facts) => approved(policy, facts, { role: "reviewer", needed: policy.people.reviewers }),
};

/** H5: staging's tests passed, and a wrangler says yes where that is required. */
export const h5: Gate = {
  id: "H5",
  title: "staging passed, and wranglers were asked",
  phase: "before",
  lanes: ["normal"],
  judge: (policy, facts) => {
    const { wranglers, wranglerSignOff } = policy.people;
    const jobs = h4.judge(policy, facts);
    if (wranglerSignOff === "optional") {
      return [
        ...jobs,
        pass(
          inConfig(policy, facts, "wranglers are asked where it is needed", "slipway:people.wranglerSignOff"),
        ),
      ];
    }
    return [...jobs, ...approved(policy, facts, { role: "wrangler", needed: 1, eligible: wranglers })];
  },
};

/** H6: somebody of the team, who is not the author, is fine with it going to production. */
export const h6: Gate = {
  id: "H6",
  title: "the team is fine with it",
  phase: "before",
  lanes: ["normal", "hot-fix"],
  judge: (policy, facts) => {
    const { team } = policy.people;
    return approved(policy, facts, {
      role: "team",
      needed: 1,
      ...(team.length === 0 ? {} : { eligible: team }),
    });
  },
};

/** A1: one who owns it, one who carries it out. */
export const a1: Gate = {
  id: "A1",
  title: "crew chief and driver are named",
  phase: "before",
  alone: true,
  judge: (policy, facts) => {
    const roles = [
      ["crewChief", policy.people.crewChief],
      ["driver", policy.people.driver],
    ] as const;
    const file = stackFile(policy);
    const named = roles.map(([key, name]) =>
      name === undefined || name.trim() === ""
        ? refuse(problem(`${file} slipway:people.${key}`, "nobody", "one person's name", `edit ${file}`), key)
        : pass(inConfig(policy, facts, `${key}: ${name}`, `slipway:people.${key}`), key),
    );
    const { crewChief, driver } = policy.people;
    const same =
      crewChief !== undefined && crewChief.trim() !== "" && crewChief.toLowerCase() === driver?.toLowerCase();
    const one = problem(
      `${file} slipway:people`,
      `${crewChief ?? ""} is both`,
      "two people, so that one has a hand free",
      "name a second one, if you can",
    );
    return same ? [...named, warn(one)] : named;
  },
};

/** H1: the change went into the branch that belongs to this environment, under a name that leads to its ticket. */
export const h1: Gate = {
  id: "H1",
  title: "the change came by a pull request to the right branch",
  phase: "before",
  lanes: ["normal", "hot-fix"],
  judge: (policy, facts) =>
    given(facts.request, ({ into, title, link }, evidence) => {
      const branches = new Set(policy.sources.map(({ branch }) => branch));
      const wrong = problem(
        link,
        `a change to ${into}`,
        [...branches].join(" or "),
        "merge it into that branch",
      );
      const unnamed = problem(link, `the title "${title.slice(0, 60)}"`, "dcp-<ticket> <title>", "rename it");
      return [
        branches.has(into) ? pass({ ...evidence, what: `change to ${into}` }) : refuse(wrong),
        ...(/^dcp-[a-z0-9]+(-[a-z0-9]+)*[ :]/i.test(title) ? [] : [warn(unnamed)]),
      ];
    }),
};

/** A15: nothing is released that is in no commit. */
export const a15: Gate = {
  id: "A15",
  title: "the working tree has no changes of its own",
  phase: "before",
  judge: (_, facts) => given(facts.tree, (_commit, evidence) => [pass(evidence)]),
};

/** F11: one trigger decides where it goes. */
export const f11: Gate = {
  id: "F11",
  title: "not both triggers at once",
  phase: "before",
  alone: true,
  judge: (policy, facts) => {
    const { deploy, developer } = facts.release.triggers;
    if (!(deploy && developer))
      return [
        pass(
          inConfig(
            policy,
            facts,
            deploy ? "deploys" : developer ? "deploys to a developer's stack" : "no trigger is set",
            "triggers",
          ),
        ),
      ];
    return [
      refuse(
        problem("triggers", "TRIGGER_AWX and TRIGGER_DEVELOPER_AWX", "one of the two", "unset one of them"),
      ),
    ];
  },
};
