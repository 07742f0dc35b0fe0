import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../lib/package-root";
import { runSlipway } from "./program";

const root = packageRoot();
const help = async (...args: readonly string[]): Promise<string> => {
  const { code, out } = await runSlipway(root, [...args, "--help"]);
  assert.equal(code, 0, args.join(" "));
  return out;
};

/** The commands that a help text lists, without `help` itself. */
function commandsIn(text: string): readonly string[] {
  const listed = text.split("\nCommands:\n")[1]?.split("\n\n")[0] ?? "";
  return [...listed.matchAll(/^ {2}([a-z]\S*)/gm)].flatMap(([, name = ""]) =>
    name === "help" ? [] : [name],
  );
}

describe("help of slipway", function () {
  this.timeout(300_000);
  const texts = new Map<string, string>();

  before(async () => {
    const top = await help();
    texts.set("", top);
    for (const name of commandsIn(top)) {
      const text = await help(name);
      texts.set(name, text);
      for (const inner of commandsIn(text)) texts.set(`${name} ${inner}`, await help(name, inner));
    }
  });

  it("lists every command in one line, as kept in test/golden/cli/help.txt", () => {
    assert.equal(texts.get(""), readFileSync(join(root, "test", "golden", "cli", "help.txt"), "utf8"));
  });

  it("of each command that does something ends with an example of it", () => {
    const without = [...texts].filter(
      ([name, text]) =>
        name !== "" && commandsIn(text).length === 0 && !text.includes(`\nExample: slipway ${name}`),
    );
    assert.deepEqual(
      without.map(([name]) => name),
      [],
    );
  });

  it("of each command that prints offers JSON; schema prints nothing else, and diff has a format", () => {
    const without = [...texts].filter(
      ([name, text]) => name !== "" && commandsIn(text).length === 0 && !text.includes("--json"),
    );
    assert.deepEqual(
      without.map(([name]) => name),
      ["schema"],
    );
    assert.match(texts.get("diff") ?? "", /--format <format>[^-]*"json"/);
  });

  for (const page of ["gates.md", "rules.md"]) {
    it(`knows every command and option that docs/${page} names`, () => {
      const text = readFileSync(join(root, "docs", page), "utf8");
      const named = [...text.matchAll(/(?:^|`|\| )slipway ([a-z][^`|\n]*)/gm)].map(([, line = ""]) => line);
      if (page === "gates.md") assert.ok(named.length > 10, "the page names its commands");
      for (const line of named) {
        const [first = "", second = ""] = line.split(/\s+/);
        const own = texts.get(`${first} ${second}`) ?? texts.get(first);
        assert.ok(own !== undefined, `slipway ${first} is no command`);
        for (const [option] of line.matchAll(/--[a-z-]+/g)) {
          assert.ok(own.includes(option), `slipway ${first} has no ${option}`);
        }
      }
    });
  }
});
