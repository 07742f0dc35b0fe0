import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const made: string[] = [];

/** A temporary folder of this test run, removed after the last test. */
export function scratch(what: string): string {
  const folder = mkdtempSync(join(tmpdir(), `slipway-test-${what}-`));
  made.push(folder);
  return folder;
}

// Mocha loads this file with the first test file that needs it, outside of any suite: so this runs after all tests.
after("remove temporary folders", () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});
