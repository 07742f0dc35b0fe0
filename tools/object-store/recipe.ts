import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory } from "../../lib/config/embedded";
import { Refusal } from "../../lib/problem";
import { silent } from "../toolchain/progress";
import type { Recipe } from "../toolchain/recipe";
import { ToolCache } from "../toolchain/tool-cache";

const version = "4.7.0";
const sha256 = "811f5a8585d749e36230ea32b073a17c4137199475f08db851f75087149a18bf";
const plugin = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";
const jar = `s3mock-${version}-exec.jar`;

/** An S3-compatible server for tests, as its project publishes it; pinned by the hash of its bytes. */
const recipe: Recipe = {
  name: "s3mock",
  inputs: () => Promise.resolve({ version, sha256 }),
  async build({ result, detail, run }) {
    detail("fetching an S3-compatible server for tests");
    const artifact = `-Dartifact=com.adobe.testing:s3mock:${version}:jar:exec`;
    await run("mvn", ["-q", "-B", plugin, artifact, `-DoutputDirectory=${result}`], { cwd: result });
    const found = createHash("sha256")
      .update(await readFile(join(result, jar)))
      .digest("hex");
    if (found === sha256) return;
    throw new Refusal("s3mock", [
      { where: jar, found, allowed: sha256, mend: "don't use it: it is another file than was pinned" },
    ]);
  },
};

/** The server's jar, from the cache or fetched now. */
export async function provideObjectStore(): Promise<string> {
  return join(await new ToolCache(cacheDirectory(), silent).provide(recipe), jar);
}
