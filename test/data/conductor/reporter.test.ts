import assert from "node:assert/strict";
import { Reporter } from "../../../lib/data/conductor/reporter";
import type { EngineEvent } from "../../../lib/data/protocol";
import { Secrets } from "../../../lib/data/secrets";

describe("what a release says of its progress", () => {
  type Progress = Extract<EngineEvent, { event: "progress" }>;
  const said: Progress[] = [];
  const reporter = new Reporter((event) => {
    if (event.event === "progress") said.push(event);
  }, new Secrets());
  reporter.stage("rehearse", "for the test");

  beforeEach(() => said.splice(0));

  it("39: twice a second at most, however many blocks there are, and always the last one", () => {
    const began = performance.now();
    for (let done = 1; done <= 10_000; done++) reporter.progress(done, 10_000, "documents");
    const seconds = (performance.now() - began) / 1000;
    assert.ok(said.length <= 3 + 2 * seconds, `${said.length} events in ${seconds} s`);
    assert.deepEqual([said.at(-1)?.done, said.at(-1)?.total], [10_000, 10_000]);
  });

  it("39: goes on quietly past an estimate that was too low, and never says more done than there are", () => {
    const began = performance.now();
    for (let done = 1; done <= 10_000; done++) reporter.progress(done, 100, "documents");
    const seconds = (performance.now() - began) / 1000;
    assert.ok(said.length <= 3 + 2 * seconds, `${said.length} events in ${seconds} s`);
    assert.ok(said.every(({ done, total }) => done <= total));
  });
});
