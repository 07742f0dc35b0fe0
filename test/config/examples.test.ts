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

/** What `slipway --help` lists. */
const commands = new Set(
  [
    ...readFileSync(join(packageRoot(), "test", "golden", "cli", "help.txt"), "utf8").matchAll(
      /^ {2}([a-z]+)/gm,
    ),
  ].map(([, command = ""]) => command),
);

/** The keys that a stack file may have. */
const keys = new Set(
  Object.keys(
    (
      JSON.parse(readFileSync(join(packageRoot(), "docs", "stack-file.schema.json"), "utf8")) as {
        properties: { config: { properties: object } };
      }
    ).properties.config.properties,
  ),
);

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

    it("has a README whose commands, environments and keys of the stack file are real", () => {
      const text = readFileSync(join(project, "README.md"), "utf8");
      const named = (pattern: RegExp): readonly string[] => [
        ...new Set([...text.matchAll(pattern)].map(([, name = ""]) => name)),
      ];
      const unknown = {
        commands: named(/\bslipway ([a-z]+)/g).filter((name) => !commands.has(name)),
        environments: named(/--stack ([a-z]+)/g).filter(
          (one) => !environments.some((known) => known === one),
        ),
        keys: named(/slipway:([a-zA-Z]+)/g).filter((key) => !keys.has(`slipway:${key}`)),
        examples: named(/npm run example ([a-z-]+)/g).filter((one) => one !== name),
      };
      assert.deepEqual(unknown, { commands: [], environments: [], keys: [], examples: [] });
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
