import assert from "node:assert/strict";
import fc from "fast-check";
import { Refusal } from "../../../lib/problem";
import { Digest } from "../../../lib/release/references/digest";
import { quoted } from "../../../lib/release/references/quoted";

const hex = "0123456789abcdef".repeat(4);

describe("Digest", () => {
  it("reads what it writes", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-f]{64}$/), (digits) => {
        assert.equal(Digest.parse(`sha256:${digits}`).toString(), `sha256:${digits}`);
      }),
    );
  });

  it("is equal by content and short for people", () => {
    assert.ok(Digest.parse(`sha256:${hex}`).equals(Digest.parse(`sha256:${hex}`)));
    assert.ok(!Digest.parse(`sha256:${hex}`).equals(Digest.parse(`sha256:${"0".repeat(64)}`)));
    assert.equal(Digest.parse(`sha256:${hex}`).short, "sha256:0123456789ab");
    assert.equal(JSON.stringify({ digest: Digest.parse(`sha256:${hex}`) }), `{"digest":"sha256:${hex}"}`);
  });

  const wrong: [string, string][] = [
    ["nothing", ""],
    ["no algorithm", hex],
    ["another algorithm", `sha512:${hex}${hex}`],
    ["upper-case digits", `sha256:${hex.toUpperCase()}`],
    ["one digit too few", `sha256:${hex.slice(1)}`],
    ["one digit too many", `sha256:${hex}0`],
    ["a newline at the end", `sha256:${hex}\n`],
    ["full-width digits", `sha256:${hex.slice(1)}\uff10`],
    ["10 kB", `sha256:${"a".repeat(10_240)}`],
  ];
  for (const [what, text] of wrong) {
    it(`refuses ${what}, naming the place`, () => {
      assert.equal(Digest.is(text), false);
      assert.throws(
        () => Digest.parse(text, "slipway:images.fastapi.digest"),
        (error: unknown) =>
          error instanceof Refusal &&
          error.problems[0]?.where === "slipway:images.fastapi.digest" &&
          error.problems[0].found === quoted(text) &&
          error.message.length < 500,
      );
    });
  }
});

describe("quoted", () => {
  it("keeps printable text, escapes the rest, and cuts what is long", () => {
    assert.equal(quoted('a"b\\'), '"a\\"b\\\\"');
    assert.equal(quoted("\u001b[2J\u202e\uff11"), '"\\u{1b}[2J\\u{202e}\\u{ff11}"');
    assert.equal(quoted("x".repeat(10_240)), `"${"x".repeat(80)}…" (10240 characters)`);
  });
});
