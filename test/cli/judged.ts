import assert from "node:assert/strict";
import type { Report } from "../../lib/release/gates/judge";
import type { Ran } from "./program";

/** Verdict and words of each gate, as `slipway check --json` tells them. */
export class Judged {
  private readonly report: Report;

  constructor(readonly ran: Ran) {
    assert.equal(ran.error.replaceAll(/^npm warn.*\n/gm, ""), "");
    this.report = JSON.parse(ran.out) as Report;
  }

  /** Asserts a gate's verdict, and that what it says has these words. */
  says(id: string, verdict: string, words: RegExp): void {
    const gate = this.report.gates.find((one) => one.id === id);
    assert.ok(gate, `no gate ${id} in ${this.ran.out.slice(0, 200)}`);
    const text = JSON.stringify(gate.judgements);
    assert.equal(gate.verdict, verdict, text);
    assert.match(text, words);
  }

  /** Asserts that a gate does not hold in this lane, and is shown as set aside. */
  setAside(id: string): void {
    const gate = this.report.gates.find((one) => one.id === id);
    assert.match(gate?.setAside ?? "", /holds in the lanes/);
  }
}
