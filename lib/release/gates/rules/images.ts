import { severities } from "../../../evidence/sarif";
import { isMoving } from "../../versions/moving-reference";
import type { Evidence } from "../../../evidence/finding";
import type { Facts, PinFacts } from "../facts";
import type { Gate } from "../gate";
import { given, pass, refuse, waiting, type Judgement } from "../judgement";
import { perPin, problem, stackFile } from "../per";
import type { Policy } from "../policy";

/** Whether the registry still has, for exactly this tag, the digest that is pinned. */
export function sameDigest(policy: Policy, { pin, digest }: PinFacts): readonly Judgement[] {
  return given(
    digest,
    (now, evidence) => {
      if (pin.digest === undefined || now === pin.digest) return [pass(evidence, pin.name)];
      const found = `${pin.repository}:${pin.tag} is ${now.slice(0, 19)} now`;
      const mend = `find out who pushed the tag again; pin the new digest in ${stackFile(policy)} only if it is what was tested`;
      return [
        refuse(problem(evidence.where, found, `the pinned ${pin.digest.slice(0, 19)}`, mend), pin.name),
      ];
    },
    pin.name,
  );
}

/** F5: the registry has the image, and it is the one that is pinned. */
export const f5: Gate = {
  id: "F5",
  title: "the registry has every image",
  phase: "before",
  judge: (policy, facts) => perPin(policy, facts, (pin) => sameDigest(policy, pin)),
};

/** N4: images of one commit, pinned; never the floating tag; the package published where that is asked for. */
export const n4: Gate = {
  id: "N4",
  title: "images of one commit, pinned by digest",
  phase: "before",
  judge: (policy, facts) => [
    ...perPin(policy, facts, (found) => {
      const { name, tag, digest } = found.pin;
      const key = `slipway:images.${name}`;
      const file = stackFile(policy);
      if (isMoving(tag))
        return [refuse(problem(`${file} ${key}.tag`, tag, "the tag of one release", `edit ${file}`), name)];
      if (digest === undefined && policy.grade !== "development") {
        return [
          refuse(problem(`${file} ${key}.digest`, "no digest", "a digest", "`slipway pin` writes it"), name),
        ];
      }
      return sameDigest(policy, found);
    }),
    ...oneCommit(policy, facts),
    ...(facts.published === undefined ? [] : given(facts.published, (_, evidence) => [pass(evidence)])),
  ],
};

function oneCommit(policy: Policy, facts: Facts): readonly Judgement[] {
  return policy.sources.flatMap((source) => {
    const pins = facts.pins.map(({ pin }) => pin).filter(({ name }) => source.images.includes(name));
    const commits = new Set(pins.flatMap(({ commit }) => (commit === undefined ? [] : [commit])));
    if (commits.size < 2) return [];
    const found = pins.map(({ name, commit }) => `${name} of ${commit?.slice(0, 8) ?? "?"}`).join(", ");
    return [
      refuse(
        problem(`images of ${source.name}`, found, "one commit", "build them from one tag"),
        source.name,
      ),
    ];
  });
}

/** N8: before writes are closed, every image is there whole: its manifest, its configuration and every layer. */
export const n8: Gate = {
  id: "N8",
  title: "every image can be pulled",
  phase: "before",
  judge: (policy, facts) =>
    perPin(policy, facts, ({ pin, whole }) =>
      given(
        whole,
        (digest, evidence) => {
          const what = `every layer of ${digest.slice(0, 19)} is there`;
          return [pass({ ...evidence, what }, pin.name)];
        },
        pin.name,
      ),
    ),
};

/** F25: what the scanner counted is recorded, and stops a release only where the config gives a number. */
export const f25: Gate = {
  id: "F25",
  title: "known vulnerabilities are on record",
  phase: "before",
  judge: (policy, facts) =>
    perPin(policy, facts, ({ pin, vulnerabilities }) => {
      const limits = policy.limits.vulnerabilities;
      const limited = severities.filter((severity) => limits[severity] !== undefined);
      return given(
        vulnerabilities,
        (counts, evidence) => {
          if (counts === undefined) return [unscanned(policy, pin.name, evidence, limited.length > 0)];
          const what = severities.map((severity) => `${counts[severity]} ${severity}`).join(", ");
          const over = limited.filter((severity) => counts[severity] > (limits[severity] ?? 0));
          if (over.length === 0) return [pass({ ...evidence, what: `vulnerabilities: ${what}` }, pin.name)];
          const allowed = over.map((severity) => `at most ${limits[severity] ?? 0} ${severity}`).join(", ");
          const mend = "update the image, or override with a reason";
          return [refuse(problem(evidence.where, what, allowed, mend), pin.name)];
        },
        pin.name,
      );
    }),
};

/** Where a number is set, an image that nobody scanned has not passed it. */
function unscanned(policy: Policy, name: string, evidence: Evidence, limited: boolean): Judgement {
  if (!limited) return pass({ ...evidence, what: `${name} was not scanned` }, name);
  const key = `slipway:gates.evidence.scans.${name}`;
  const mend = `scan the pinned image, and name its report: ${key} in ${stackFile(policy)}`;
  return waiting(problem(evidence.where, "no scan of this image", "a scanner's report", mend), name);
}
