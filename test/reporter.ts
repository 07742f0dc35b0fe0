import { type MochaOptions, reporters, type Runner } from "mocha";
import { formatCounts } from "./counts";
import { formatFailure } from "./failure";

/** Mocha's own `spec`, then a line for each failure, and one last line that a script can read (see `counts.ts`). */
export = class Reporter extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    let [passed, skipped] = [0, 0];
    const failures: string[] = [];
    runner.on("pass", () => (passed += 1));
    runner.on("fail", (test, error) =>
      failures.push(formatFailure(test.fullTitle(), (error as Error).message)),
    );
    runner.on("pending", () => (skipped += 1));
    runner.once("end", () => {
      if (failures.length > 0) console.log(`\n${failures.join("\n")}`);
      console.log(formatCounts({ passed, failed: failures.length, skipped }));
    });
  }
};
