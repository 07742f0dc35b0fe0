import type { Ticket } from "../../../evidence/forge";
import { issuesNamed, parseVersion, said, ticketTitle } from "../../notes/ticket";
import type { Facts } from "../facts";
import type { Gate } from "../gate";
import { given, pass, refuse, waiting, type Judgement } from "../judgement";
import { problem } from "../per";
import type { Policy } from "../policy";

/** F17: somebody is told: one ticket, in its lane, with the versions and those who must act. */
export const f17: Gate = {
  id: "F17",
  title: "the release ticket says what is released, to those who must act",
  phase: "before",
  lanes: ["normal", "first-time"],
  judge: (policy, facts) =>
    given(facts.ticket, (ticket, evidence) => {
      if (ticket !== undefined) return judged(policy, facts, ticket);
      const allowed = `one ticket "${ticketTitle(facts.release.version)}"`;
      return [waiting(problem(evidence.where, "no ticket", allowed, `slipway ticket ${policy.environment}`))];
    }),
};

function judged(policy: Policy, facts: Facts, ticket: Ticket): readonly Judgement[] {
  const mend = `edit ${ticket.link}`;
  const title = ticketTitle(facts.release.version);
  const lane = policy.places.ticketLane;
  const lanes = Object.values(ticket.lanes);
  const refusals = [
    ...(ticket.title === title
      ? []
      : [problem(ticket.link, `the title ${JSON.stringify(ticket.title)}`, title, mend)]),
    ...(ticket.assignees.length > 0
      ? []
      : [problem(ticket.link, "nobody is assigned", "those who must act", mend)]),
    ...(lane === undefined || lanes.some((one) => one.toLowerCase() === lane.toLowerCase())
      ? []
      : [
          problem(
            ticket.link,
            lanes.length === 0 ? "in no lane" : `in ${lanes.join(", ")}`,
            `in the lane ${lane}`,
            mend,
          ),
        ]),
    ...parts(policy).flatMap(({ name, tag }) => {
      const parsed = parseVersion(ticket.body, name);
      if (parsed.found === "one" && parsed.version === tag) return [];
      return [
        problem(ticket.link, `${name}: ${said(parsed)}`, `one line "${name}: ${tag}", as pinned`, mend),
      ];
    }),
  ];
  const evidence = {
    what: `${ticket.title}, assigned to ${ticket.assignees.join(", ")}`,
    where: ticket.link,
    when: ticket.at,
    by: ticket.by,
  };
  return [
    ...(refusals.length === 0 ? [pass(evidence)] : refusals.map((one) => refuse(one))),
    ...issues(policy, facts, ticket),
  ];
}

/** What the release is made of: every source but the one that the release itself is a tag of. */
function parts(policy: Policy): readonly { readonly name: string; readonly tag: string }[] {
  return policy.sources.length === 1 ? policy.sources : policy.sources.slice(0, -1);
}

function issues(policy: Policy, facts: Facts, ticket: Ticket): readonly Judgement[] {
  const numbers = issuesNamed(ticket.body);
  if (numbers.length === 0) return [];
  const allowed = policy.places.issueLanes;
  return given(facts.issues, (known) =>
    numbers.flatMap((number) => {
      const issue = known[number];
      if (issue === undefined) {
        return [
          refuse(
            problem(ticket.link, `#${number}, which is no issue`, "issues that exist", `edit ${ticket.link}`),
          ),
        ];
      }
      const lanes = Object.values(issue.lanes);
      if (allowed.length === 0 || lanes.some((lane) => allowed.includes(lane))) return [];
      return [
        refuse(
          problem(
            issue.link,
            `#${number} is in ${lanes.join(", ") || "no lane"}`,
            allowed.join(" or "),
            `move #${number}`,
          ),
        ),
      ];
    }),
  );
}
