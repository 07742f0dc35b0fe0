import { type MochaOptions, reporters, type Runner } from "mocha";
import { formatCounts } from "./counts";

/** Mocha's own `spec`, and one last line that a script can read (see `counts.ts`). */
export = class Reporter extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    let [passed, failed, skipped] = [0, 0, 0];
    runner.on("pass", () => (passed += 1));
    runner.on("fail", () => (failed += 1));
    runner.on("pending", () => (skipped += 1));
    runner.once("end", () => {
      console.log(formatCounts({ passed, failed, skipped }));
    });
  }
};
