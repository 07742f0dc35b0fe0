import type { Gate } from "../gate";
import { pass, refuse, warn } from "../judgement";
import { perPin, problem, stackFile, withCurrent } from "../per";
import { sameDigest } from "./images";

/** A16: all images can be pulled before anything stops; what stops first needs a window. */
export const a16: Gate = {
  id: "A16",
  title: "images are there before anything is stopped",
  phase: "before",
  judge: (policy, facts) => {
    const stopped = facts.release.services.filter(({ strategy }) => strategy === "stop-first");
    const outside = policy.window === undefined && policy.lane.kind === "normal" ? stopped : [];
    return [
      ...perPin(policy, facts, (pin) => sameDigest(policy, pin)),
      ...outside.map(({ name }) =>
        refuse(
          problem(
            `${stackFile(policy)} slipway:services.${name}.strategy`,
            "stop-first without a window",
            "a window, or rolling",
            `edit ${stackFile(policy)}`,
          ),
          name,
        ),
      ),
    ];
  },
};

/** A14: of every component it is known what runs now, so that it can be put back. */
export const a14: Gate = {
  id: "A14",
  title: "what runs now is known of every component",
  phase: "before",
  judge: (policy, facts) => [
    ...withCurrent(policy, facts, (now, evidence) =>
      facts.pins.map(({ pin }) => {
        const before = now.pins.find(({ name }) => name === pin.name);
        if (before === undefined)
          return pass({ ...evidence, what: `${pin.name} is new: the way back takes it away` }, pin.name);
        if (before.digest !== undefined)
          return pass({ ...evidence, what: `back: ${before.tag} ${before.digest.slice(0, 19)}` }, pin.name);
        return refuse(
          problem(
            now.where,
            `no digest of ${pin.name}`,
            "tag and digest of every component",
            `record what runs: slipway pin ${policy.environment}`,
          ),
          pin.name,
        );
      }),
    ),
    ...facts.release.services
      .filter(({ volume }) => !volume)
      .map(({ name }) =>
        warn(
          problem(
            `slipway:services.${name}`,
            "no volume: what a container changed inside itself is lost",
            "a volume for what it writes",
            "move what it writes to a volume",
          ),
          name,
        ),
      ),
  ],
};
