import { unpinned } from "../../references/digest";
import { isMoving } from "../../versions/moving-reference";
import { schemeNamed } from "../../versions/schemes";
import { read } from "../../versions/version-scheme";
import type { Facts, SourceFacts } from "../facts";
import type { Gate } from "../gate";
import { given, pass, refuse, warn, type Judgement } from "../judgement";
import { inConfig, perPin, perSource, problem, stackFile } from "../per";
import type { Policy, SourcePolicy } from "../policy";

/** F1: the tags of all repositories exist before the release that is made of them. */
export const f1: Gate = {
  id: "F1",
  title: "every repository has its tag",
  phase: "before",
  judge: (policy, facts) =>
    perSource(policy, facts, (source, { tag }) =>
      given(
        tag,
        ({ commit }, evidence) => [
          pass({ ...evidence, what: `${source.tag} is ${commit.slice(0, 8)}` }, source.name),
        ],
        source.name,
      ),
    ),
};

/** F4: what users get comes from the production branch; staging may try what is not there yet. */
export const f4: Gate = {
  id: "F4",
  title: "every tag is on its production branch",
  phase: "before",
  judge: (policy, facts) => perSource(policy, facts, (source, found) => onBranch(policy, source, found)),
};

/** F13: the last repository's tag, which makes the release, is on its own branch. */
export const f13: Gate = {
  id: "F13",
  title: "the release's own tag is on its branch, for this environment's namespace",
  phase: "before",
  judge: (policy, facts) => {
    const last = policy.sources.at(-1);
    const namespace = facts.release.cluster.namespace;
    return [
      ...perSource(policy, facts, (source, found) =>
        source === last ? onBranch(policy, source, found) : [],
      ),
      pass(inConfig(policy, facts, `goes to namespace ${namespace}`, "slipway:cluster.namespace")),
    ];
  },
};

function onBranch(policy: Policy, source: SourcePolicy, { branch }: SourceFacts): readonly Judgement[] {
  const judged = given(branch, (_, evidence) => [pass(evidence, source.name)], source.name);
  // A hot-fix is made on a branch of its own: that is what the lane, with its reason, is for.
  const strict = policy.grade === "production" && policy.lane.kind !== "hot-fix";
  return strict ? judged : judged.map((one) => (one.verdict === "refuse" ? warn(one.problem, one.of) : one));
}

/** F6: a branch names what it holds today; production takes tags only. */
export const f6: Gate = {
  id: "F6",
  title: "production is built from tags, not from branches",
  phase: "before",
  alone: true,
  judge: (policy, facts) =>
    perSource(policy, facts, (source) => {
      const version = isMoving(source.tag) ? undefined : read(schemeNamed(source.scheme), source.tag);
      if (version !== undefined)
        return [
          pass(
            inConfig(policy, facts, `${source.tag} is a tag`, `slipway:sources.${source.name}`),
            source.name,
          ),
        ];
      const where = `${stackFile(policy)} slipway:sources.${source.name}`;
      const moves = problem(
        where,
        `${source.tag}, a reference that moves`,
        "a tag",
        `tag it, then edit ${stackFile(policy)}`,
      );
      return [policy.grade === "production" ? refuse(moves, source.name) : warn(moves, source.name)];
    }),
};

/** F12: staging may follow `latest` and `stable`, resolved and committed; production never does. */
export const f12: Gate = {
  id: "F12",
  title: "moving image tags stay out of production",
  phase: "before",
  alone: true,
  judge: (policy, facts) => perPin(policy, facts, ({ pin }) => [movingTag(policy, facts, pin.name, pin.tag)]),
};

function movingTag(policy: Policy, facts: Facts, name: string, tag: string): Judgement {
  const key = `slipway:images.${name}.tag`;
  if (!isMoving(tag)) return pass(inConfig(policy, facts, `${tag} does not move`, key), name);
  const moves = problem(
    `${stackFile(policy)} ${key}`,
    `${tag}, which moves`,
    "the tag of one release",
    `edit ${stackFile(policy)}`,
  );
  return policy.grade === "production" ? refuse(moves, name) : warn(moves, name);
}

/** X1: what a reviewer sees is what runs: digests, resolved before, by a trigger or a person, and committed. */
export const x1: Gate = {
  id: "X1",
  title: "everything is pinned by digest, nothing is resolved at the moment of applying",
  phase: "before",
  alone: true,
  firm: true,
  judge: (policy, facts) =>
    perPin(policy, facts, ({ pin }) => {
      const key = `slipway:images.${pin.name}.digest`;
      const isOpen = pin.digest === undefined || pin.digest === unpinned;
      if (!isOpen)
        return [pass(inConfig(policy, facts, `pinned to ${pin.digest.slice(0, 19)}`, key), pin.name)];
      const open = problem(
        `${stackFile(policy)} ${key}`,
        pin.digest === undefined ? "no digest" : "zeros, which stand for no image yet",
        "the digest of what is released",
        "`slipway pin` writes it; of an image that is composed, `slipway compose`",
      );
      // A development stack may build its images; zeros it could not run either.
      const mayBuild = policy.grade === "development" && pin.digest === undefined;
      return [mayBuild ? warn(open, pin.name) : refuse(open, pin.name)];
    }),
};
