import type { Facts, PinFacts } from "../facts";
import type { Gate } from "../gate";
import { given, pass, refuse, waiting, warn } from "../judgement";
import { problem, stackFile, withCurrent } from "../per";

/** F10: the image says itself what it was built from. */
export const f10: Gate = {
  id: "F10",
  title: "the image was built from the pinned parts",
  phase: "before",
  judge: (policy, facts) => {
    const stack = facts.pins.find(({ pin }) => policy.sources.at(-1)?.images.includes(pin.name) === true);
    if (stack === undefined)
      return [
        waiting(
          problem(
            "slipway:images",
            "no image of the last source",
            "the image that is built from the others",
            `edit ${stackFile(policy)}`,
          ),
        ),
      ];
    return given(stack.image, ({ environment }, evidence) => {
      const wrong = Object.entries(bakedIn(facts, stack)).filter(
        ([name, value]) => environment[name] !== value,
      );
      if (wrong.length === 0)
        return [pass({ ...evidence, what: "its environment names the pinned parts" }, stack.pin.name)];
      return wrong.map(([name, value]) =>
        refuse(
          problem(
            `${evidence.where} ${name}`,
            environment[name] ?? "nothing",
            value,
            "build the image again from the pins",
          ),
          stack.pin.name,
        ),
      );
    });
  },
};

/** The six build arguments, as they are baked in. */
function bakedIn(facts: Facts, stack: PinFacts): Readonly<Record<string, string>> {
  const part = (name: string, prefix: string): Record<string, string> => {
    const pin = facts.pins.find((one) => one.pin.name === name)?.pin;
    return pin === undefined
      ? {}
      : { [`${prefix}_NAMESPACE`]: owner(pin.repository), [`${prefix}_IMAGE_TAG`]: pin.tag };
  };
  const own = { STACK_NAMESPACE: owner(stack.pin.repository), STACK_VERSION: stack.pin.tag };
  return { ...part("backend", "BE"), ...part("frontend", "FE"), ...own };
}

function owner(repository: string): string {
  return repository.split("/").at(-2) ?? "";
}

/** F7: where the stack's own workflow names the parts, it names the pinned ones. */
export const f7: Gate = {
  id: "F7",
  title: "the stack's workflow names the pinned parts",
  phase: "before",
  judge: (policy, facts) => {
    const last = facts.sources.at(-1);
    if (last === undefined)
      return [
        waiting(
          problem("slipway:sources", "no source", "the stack's repository", `edit ${stackFile(policy)}`),
        ),
      ];
    return given(last.workflow, (named, evidence) => {
      const wrong = facts.pins.filter(({ pin }) => (named[pin.name] ?? pin.tag) !== pin.tag);
      if (wrong.length === 0) return [pass(evidence, last.name)];
      return wrong.map(({ pin }) =>
        refuse(
          problem(
            evidence.where,
            `${pin.name} ${named[pin.name] ?? ""}`,
            `${pin.tag}, as pinned`,
            "commit the pins there and tag again, or edit the stack file",
          ),
          pin.name,
        ),
      );
    });
  },
};

/** F8: a new release changes a part; the same pins again are a slip, or on purpose. */
export const f8: Gate = {
  id: "F8",
  title: "at least one part changes",
  phase: "before",
  judge: (policy, facts) =>
    withCurrent(policy, facts, (now, evidence) => {
      const own = policy.sources.at(-1)?.images ?? [];
      const parts = facts.pins
        .map(({ pin }) => pin)
        .filter(({ name }) => policy.sources.length === 1 || !own.includes(name));
      const changed = parts.filter(
        ({ name, digest }) => now.pins.find((pin) => pin.name === name)?.digest !== digest,
      );
      const what = changed.map(({ name, tag }) => `${name} to ${tag}`).join(", ");
      if (changed.length > 0) return [pass({ ...evidence, what: `changes ${what}` })];
      if (now.hash === facts.release.hash)
        return [pass({ ...evidence, what: "nothing changes: it is the release that runs" })];
      const same = problem(
        stackFile(policy),
        `the parts of ${now.release}`,
        "a change of one part",
        "change a pin, or leave the release",
      );
      return [policy.limits.unchangedPins === "refuse" ? refuse(same) : warn(same)];
    }),
};
