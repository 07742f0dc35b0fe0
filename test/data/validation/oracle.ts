import { execFile } from "node:child_process";
import { join } from "node:path";
import { installPackage } from "../../../lib/data/migrations/python/environment";
import { packageRoot } from "../../../lib/package-root";

/** Asks Python, in the pinned environment. */
export async function askPython<T>(request: unknown): Promise<T> {
  const { python, folder } = await installPackage({ package: "nmdc-schema", version: "11.24.0" });
  const script = join(packageRoot(), "test", "data", "validation", "oracle.py");
  return new Promise((resolve, reject) => {
    const child = execFile(
      python,
      [script],
      { maxBuffer: 64 << 20, env: { PATH: process.env["PATH"], PYTHONPATH: folder, PYTHONSAFEPATH: "1" } },
      (error, stdout, stderr) => {
        if (error) reject(new Error(`${error.message}\n${stderr}`));
        else resolve(JSON.parse(stdout) as T);
      },
    );
    child.stdin?.end(JSON.stringify(request));
  });
}
