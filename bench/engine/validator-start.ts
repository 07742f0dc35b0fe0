import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "../../lib/package-root";
import { publishedSchema } from "../../lib/data/validation/schema";
import { cacheValidator } from "../../lib/data/validation/validator-cache";
import { median } from "../median";

const run = promisify(execFile);
const script = `
  const { loadChecks } = require(process.argv[1]);
  const begun = performance.now();
  loadChecks(process.argv[2]).then(() => console.log(performance.now() - begun));
`;

/** Milliseconds until a process that has just started can judge documents, its schema compiled before. */
export async function validatorStart(version: string, runs: number): Promise<number> {
  const file = await cacheValidator(await publishedSchema({ package: "nmdc-schema", version }));
  const loader = join(packageRoot(), "build", "lib", "data", "validation", "validator-cache.js");
  const found: number[] = [];
  for (let at = 0; at < runs; at++) {
    const { stdout } = await run(process.execPath, ["-e", script, loader, file]);
    found.push(Number(stdout));
  }
  return median(found);
}
