import type { Finding } from "../../../evidence/finding";
import type { Facts } from "../facts";
import type { Gate } from "../gate";
import { given, pass, refuse, warn, type Judgement } from "../judgement";
import { inConfig, problem, stackFile } from "../per";
import type { Policy } from "../policy";

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
    return [
      ...carries("the commit", facts.data.commitSchema),
      ...carries("the image", facts.data.imageSchema),
      ...samePackage(policy, facts, schema),
    ];
  },
};

/** The hash that the stack file names is the one by which the package is installed. */
function samePackage(
  policy: Policy,
  facts: Facts,
  schema: NonNullable<Facts["release"]["schema"]>,
): readonly Judgement[] {
  const key = `${stackFile(policy)} slipway:data.schema.hash`;
  const { packageHashes } = facts.data;
  const [pinned] = packageHashes.finding === "found" ? packageHashes.value : [];
  if (schema.hash === undefined) {
    const mend =
      pinned === undefined
        ? "pin the package with the migration"
        : `set slipway:data.schema.hash to ${pinned}`;
    return [warn(problem(key, "no hash of the package", "an exact version and its hash", mend))];
  }
  const { hash } = schema;
  return given(packageHashes, (hashes, evidence) => {
    if (hashes.includes(hash))
      return [pass({ ...evidence, what: `${schema.package} ${schema.version} is ${hash.slice(0, 19)}` })];
    const mend = "find out which of the two is the published package, then edit the other";
    const allowed = `${hashes.map((one) => one.slice(0, 19)).join(" or ")}, as ${evidence.where} pins it`;
    return [refuse(problem(key, hash.slice(0, 19), allowed, mend))];
  });
}
