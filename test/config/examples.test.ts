import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { policyOf } from "../../lib/config/gates-policy";
import { releaseParts } from "../../lib/config/release-parts";
import { StackFile } from "../../lib/config/stack-file";
import { parseStackConfig } from "../../lib/config/stack-config";
import { packageRoot } from "../../lib/package-root";
import { presets } from "../../lib/release/gates/presets/presets";

const folder = join(packageRoot(), "examples");

/** The environments that each system really has. */
const systems = {
  "hca-ingest": ["dev", "prod", "staging"],
  fragalysis: ["alan", "production", "staging"],
  atmosphere: ["beta", "cyverse", "jetstream"],
} as const;

for (const [name, environments] of Object.entries(systems)) {
  describe(`examples/${name}`, () => {
    const project = join(folder, name);

    it("has a stack file for each environment that its people have, and no program of its own", () => {
      const files = readdirSync(project);
      const stacks = files.flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
      assert.deepEqual(stacks.sort(), environments);
      assert.deepEqual(
        files.filter((file) => /\.[jt]s$/.test(file)),
        [],
      );
      assert.match(readFileSync(join(project, "Pulumi.yaml"), "utf8"), /^main: \.\.\/\.\.$/m);
    });

    for (const environment of environments) {
      it(`${environment}: the file is accepted, with the gates of its preset, its migrations and charts`, () => {
        const file = `Pulumi.${environment}.yaml`;
        const text = readFileSync(join(project, file), "utf8");
        const config = parseStackConfig(StackFile.parse(text, file).config(), file);
        assert.equal(config.environment, environment);
        assert.deepEqual(policyOf(config).gates, presets[name as keyof typeof systems][config.grade]);
        releaseParts(project, config);
      });
    }
  });
}
