import { DateTime } from "luxon";
import { schemeNamed } from "../../versions/schemes";
import { read } from "../../versions/version-scheme";
import { current, untracked } from "../deployment";
import type { Gate } from "../gate";
import { given, pass, refuse, warn, type Judgement } from "../judgement";
import { inConfig, perSource, problem, stackFile } from "../per";
import type { Policy, SourcePolicy } from "../policy";

/** F20: a hot-fix begins with the last formal production tag, and counts on. */
export const f20: Gate = {
  id: "F20",
  title: "a hot-fix repairs what runs in production",
  phase: "before",
  lanes: ["hot-fix"],
  judge: (policy, facts) =>
    perSource(policy, facts, (source, { tags }) =>
      given(facts.deployments, (deployments, record) => {
        const running = current(deployments, policy.environment)?.pins.find(({ name }) =>
          source.images.includes(name),
        );
        const where = record.where;
        if (running === undefined) {
          return [
            refuse(
              problem(
                where,
                `no release of ${policy.environment}`,
                "one that is repaired",
                "take the normal lane",
              ),
              source.name,
            ),
          ];
        }
        if (running.tag === source.tag)
          return [pass({ ...record, what: `${source.name} stays at ${source.tag}` }, source.name)];
        return given(
          tags,
          (existing, evidence) => {
            const next = repairOf(source, running.tag, existing, facts.now);
            if (next === source.tag)
              return [pass({ ...evidence, what: `${source.tag} repairs ${running.tag}` }, source.name)];
            const allowed = `${next}, since ${running.tag} runs in ${policy.environment}`;
            return [
              refuse(problem(evidence.where, source.tag, allowed, `tag the repair ${next}`), source.name),
            ];
          },
          source.name,
        );
      }),
    ),
};

/** The repair that could be made when this one was: tags that came after it do not count. */
function repairOf(source: SourcePolicy, running: string, existing: readonly string[], now: string): string {
  const scheme = schemeNamed(source.scheme);
  const wanted = read(scheme, source.tag);
  const before = existing.filter((tag) => {
    const other = read(scheme, tag);
    return wanted !== undefined && other !== undefined && (other.compare(wanted) ?? 0) < 0;
  });
  return scheme
    .next({ step: "hot-fix", production: running }, before, DateTime.fromISO(now, { zone: "utc" }))
    .toString();
}

/** A19: a hot-fix goes outside any window, without notice; it rolls, and it says why. */
export const a19: Gate = {
  id: "A19",
  title: "a hot-fix rolls and says why",
  phase: "before",
  lanes: ["hot-fix"],
  judge: (policy, facts) => {
    const stopped = facts.release.services.filter(({ strategy }) => strategy === "stop-first");
    const file = stackFile(policy);
    return [
      ...reasonGiven(policy, facts.now),
      ...stopped.map(({ name }) =>
        refuse(
          problem(
            `${file} slipway:services.${name}.strategy`,
            "stop-first",
            "rolling, outside a window",
            `edit ${file}`,
          ),
          name,
        ),
      ),
    ];
  },
};

function reasonGiven({ lane, environment }: Policy, now: string): readonly Judgement[] {
  if (lane.kind === "normal") return [];
  const file = stackFile({ environment });
  if (lane.reason.trim() === "" || lane.by.trim() === "") {
    return [
      refuse(problem(`${file} slipway:lane`, "no reason or no name", "a reason and a name", `edit ${file}`)),
    ];
  }
  return [
    pass({ what: `${lane.kind}: ${lane.reason}`, where: `${file} slipway:lane`, when: now, by: lane.by }),
  ];
}

/** H16: without the forge only where it is urgent: with a reason, and an approver who is somebody else. */
export const h16: Gate = {
  id: "H16",
  title: "an emergency has a reason and an approver; the environment is tracked again afterwards",
  phase: "before",
  judge: (policy, facts) => {
    const { lane } = policy;
    if (lane.kind !== "emergency") return trackedAgain(policy, facts);
    const where = `${stackFile(policy)} slipway:lane`;
    const approver = lane.approver.trim().toLowerCase();
    const makers = [lane.by, facts.release.operator].map((name) => name.trim().toLowerCase());
    if (approver === "" || makers.includes(approver)) {
      const found = approver === "" ? "no approver" : `${lane.approver}, who also makes the release`;
      return [
        refuse(
          problem(where, found, "an approver who is neither who asks nor who releases", `edit ${where}`),
        ),
      ];
    }
    return [
      ...reasonGiven(policy, facts.now),
      pass({ what: `approved by ${lane.approver}`, where, when: facts.now, by: lane.approver }),
    ];
  },
};

function trackedAgain(policy: Policy, facts: Parameters<Gate["judge"]>[1]): readonly Judgement[] {
  return given(facts.deployments, (deployments, evidence) => {
    const last = untracked(deployments, policy.environment);
    if (last === undefined) return [pass({ ...evidence, what: `${policy.environment} is tracked` })];
    const found = `${policy.environment} is untracked since the emergency release ${last.release}`;
    return [
      warn(
        problem(last.where, found, "a release of the normal lane", "this release ends it, when it is one"),
      ),
    ];
  });
}

/** A11: the first deployment loads the dumps of the old production, into an environment that has had no release. */
export const a11first: Gate["judge"] = (policy, facts) =>
  given(facts.deployments, (deployments, evidence) => {
    const last = current(deployments, policy.environment);
    if (last !== undefined) {
      return [
        refuse(
          problem(
            last.where,
            `${last.release} runs in ${policy.environment}`,
            "no release yet",
            "take the normal lane",
          ),
        ),
      ];
    }
    const empty = facts.data.stores.length === 0;
    const key = "slipway:data";
    if (empty)
      return [
        refuse(
          problem(
            `${stackFile(policy)} ${key}`,
            "no store",
            "the stores that the dumps are loaded into",
            `edit ${stackFile(policy)}`,
          ),
        ),
      ];
    return [pass(evidence), pass(inConfig(policy, facts, `dumps for ${facts.data.stores.join(", ")}`, key))];
  });
