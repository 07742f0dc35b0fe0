import { type MochaOptions, reporters, type Runner } from "mocha";

/** Mocha's own `spec`, and one last line that a script can read: `N passed, N failed` (`, N skipped`). */
export = class Reporter extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    let [passed, failed, skipped] = [0, 0, 0];
    runner.on("pass", () => (passed += 1));
    runner.on("fail", () => (failed += 1));
    runner.on("pending", () => (skipped += 1));
    runner.once("end", () => {
      console.log(`${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`);
    });
  }
};
