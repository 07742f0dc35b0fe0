import type { Gate } from "../gate";
import { pass, refuse } from "../judgement";
import { inConfig, problem, stackFile } from "../per";

/** H25: every secret that the release needs is there; a missing one never becomes an empty text, or the word `null`. */
export const h25: Gate = {
  id: "H25",
  title: "every secret is there, and none is empty",
  phase: "before",
  alone: true,
  judge: (policy, facts) => {
    const { secrets } = facts.release;
    if (secrets.length === 0)
      return [pass(inConfig(policy, facts, "no secret is named", "slipway:data.store"))];
    return secrets.map(({ key, from, state }) => {
      if (state === "there") return pass(inConfig(policy, facts, `${key}: ${from}`, `slipway:${key}`), key);
      const where = `${stackFile(policy)} slipway:${key}`;
      const mend = `set ${from} where \`pulumi up\` runs`;
      return refuse(problem(where, `${from} is ${state}`, "a value", mend), key);
    });
  },
};
