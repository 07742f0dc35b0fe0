import type { Finding } from "../../../evidence/finding";
import type { Gate } from "../gate";
import { given, pass, refuse, warn, type Judgement } from "../judgement";
import { inConfig, problem, stackFile } from "../per";

/** N7: the released code is made for exactly the schema that the data will have. */
export const n7: Gate = {
  id: "N7",
  title: "code and data are of one schema version, pinned exactly",
  phase: "before",
  judge: (policy, facts) => {
    const { schema } = facts.release;
    const file = stackFile(policy);
    if (schema === undefined) return [pass(inConfig(policy, facts, "no schema is released", "slipway:data"))];
    if (!/^[0-9]+(\.[0-9]+){1,3}$/.test(schema.version)) {
      return [
        refuse(
          problem(`${file} slipway:data.schema.version`, schema.version, "one exact version", `edit ${file}`),
        ),
      ];
    }
    const carries = (place: string, version: Finding<string>): readonly Judgement[] =>
      given(version, (found, evidence) => {
        if (found === schema.version)
          return [pass({ ...evidence, what: `${place} has ${schema.package} ${found}` })];
        const mend = `release code that is made for ${schema.version}, or set slipway:data.schema.version in ${file} to ${found}`;
        return [
          refuse(
            problem(
              evidence.where,
              `${place} has ${schema.package} ${found}`,
              `${schema.version}, as the data will have`,
              mend,
            ),
          ),
        ];
      });
    const unpinned = problem(
      `${file} slipway:data.schema`,
      "no hash of the package",
      "an exact version and its hash",
      "pin the hash with the migration",
    );
    return [
      ...carries("the commit", facts.data.commitSchema),
      ...carries("the image", facts.data.imageSchema),
      ...(schema.hash === undefined
        ? [warn(unpinned)]
        : [pass(inConfig(policy, facts, `hash ${schema.hash.slice(0, 19)}`, "slipway:data.schema"))]),
    ];
  },
};
