import { strict as assert } from "node:assert";
import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { refused } from "../../components/refused";

describe("a refusal, as Pulumi is told of it", () => {
  it("X4: is an end of the run without a trace: Pulumi hands a stack to a function of Node that takes a minute over some", () => {
    const refusal = refused("1 problem");
    assert.ok(pulumi.RunError.isInstance(refusal));
    assert.equal(refusal.message, "1 problem");
    assert.doesNotMatch(inspect(refusal), /\bat .*refused/);
    // What Pulumi asks before it looks at a stack.
    assert.equal(Boolean(refusal.stack), false);
  });
});
