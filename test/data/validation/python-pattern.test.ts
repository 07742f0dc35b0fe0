import assert from "node:assert/strict";
import { fromPython } from "../../../lib/data/validation/python-pattern";
import { pythonRegExp } from "../../../lib/data/validation/python-regexp";
import { visitKeywords } from "../../../lib/data/validation/schema-words";
import { publishedSchema } from "../../../lib/data/validation/schema";
import { Random } from "../../../tools/dataset/random";
import { examples, schema } from "../migrations/support";
import { mutateText } from "./mutations";
import { askPython } from "./oracle";

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

async function compare(patterns: readonly string[], texts: readonly string[]): Promise<string[]> {
  const verdicts = await askPython<boolean[][]>({ patterns, texts });
  return patterns.flatMap((pattern, at) => {
    const here = pythonRegExp(pattern);
    return texts.flatMap((text, index) =>
      here.test(text) === verdicts[at]?.[index]
        ? []
        : [`${pattern} on ${JSON.stringify(text)}: Python says ${verdicts[at]?.[index] ?? "nothing"}`],
    );
  });
}

describe("a pattern written for Python", function () {
  this.timeout(300_000);

  it("N13: means the same here: every pattern of the schema, on the texts of the examples and on texts close to them", async () => {
    const { content } = await publishedSchema(schema("11.25.0"));
    const found = new Set<string>();
    visitKeywords(content, (keyword, value) => {
      if (keyword === "pattern" && typeof value === "string") found.add(value);
    });
    const patterns = [...found];
    assert.ok(patterns.length > 100);
    const random = new Random(7);
    const real = [...new Set(textsIn(examples()))];
    const close = real.flatMap((text) => [mutateText(text, random), mutateText(text, random)]);
    const odd = [
      "",
      "\n",
      "2020-01-01\n",
      "2020-0١-01",
      "2020-01-01T10:00",
      "2020-01-01T24:0030",
      "2020-01-01T30",
      "2020-01-01T1030",
      "20200101T10:30:15.5Z",
      "5 m - 7 m",
      "doi:10.1234/x\r",
      "a\u2028b",
      "nmdc:sty-11-a\n\n",
    ];
    assert.deepEqual(await compare(patterns, [...real, ...close, ...odd]), []);
  });

  it("N13: means the same here: what the two languages read differently", async () => {
    const patterns = [
      "^a$",
      "^\\d+$",
      "^\\w+$",
      "^\\s$",
      "^\\S$",
      "^.$",
      "\\bé\\b",
      "\\Bx",
      "\\Aab\\Z",
      "^[\\d-]+$",
      "^[\\w\\.\\-]+$",
      "^[]a]+$",
      "^[^]a]+$",
      "^a{2}$",
      "^a{,2}$",
      "^a{x$",
      "^}a]$",
      "^(?P<year>\\d{4})-\\1?$",
      "^\\_\\#\\=\\/\\:$",
      "^(?!x)(?<=)y",
      "^\\u00e9\\x41$",
      "^[\\D]$",
      "^𝒳?$",
      "a|b$",
      "^(x)?\\1y$",
      "^(?:(x)|y)\\1?(z)\\2$",
    ];
    const texts = [
      "a",
      "a\n",
      "a\n\n",
      "aa",
      "aaa",
      "١٢",
      "12",
      "é",
      "é é",
      "_",
      "ß1",
      "\u00a0",
      "\ufeff",
      "\u001c",
      "\u0085",
      "\r",
      "\u2028",
      "",
      "x",
      "xx",
      "y",
      "ab",
      "ab\n",
      "-1",
      "a.b-c",
      "]",
      "]a",
      "b",
      "a{x",
      "}a]",
      "2020-",
      "_#=/:",
      "éA",
      "xxy",
      "yzz",
      "xxzz",
      "xy",
      "𝒳",
      "𝒳𝒳",
    ];
    assert.deepEqual(await compare(patterns, texts), []);
  });

  it("28: what JavaScript can't say is refused by name", () => {
    for (const [pattern, says] of [
      ["(?i)abc", /the group \(\?i\)/],
      ["(?P=name)", /the group/],
      ["a++", /possessive/],
      ["[\\W]", /\\W inside a character class/],
      ["\\012", /octal/],
      ["\\2(a)", /no group 2/],
      ["\\Qx", /the escape \\Q/],
      ["[abc", /without its end/],
      ["(abc", /abc/],
      ["a\\", /backslash at its end/],
    ] as const) {
      assert.throws(() => fromPython(pattern), says, pattern);
    }
  });
});
