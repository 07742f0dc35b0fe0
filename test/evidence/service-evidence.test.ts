import assert from "node:assert/strict";
import { join } from "node:path";
import { found, unjudged } from "../../lib/evidence/finding";
import { GithubForge } from "../../lib/evidence/github-forge";
import { OciRegistry } from "../../lib/evidence/oci-registry";
import { anonymous } from "../../lib/evidence/registry-credentials";
import { evidenceLine, links, serviceEvidence, type ServiceClaim } from "../../lib/evidence/service-evidence";
import { ImageReference } from "../../lib/release/references/image-reference";
import { mustBeUnjudged, mustContradict, mustFind } from "./assert-finding";
import { GitFixture } from "./git-fixture";
import { GithubServer } from "./github-server";
import { RegistryFixture } from "./registry-fixture";

describe("serviceEvidence", function () {
  // Time for the first build of the registry, where the cache has none yet.
  this.timeout(600_000);

  let place: ReturnType<typeof GitFixture.place>;
  let code: GitFixture;
  let forge: GithubServer;
  let registry: RegistryFixture;
  let commit: string;
  let digest: string;
  let claim: ServiceClaim;

  before(async () => {
    place = GitFixture.place();
    [forge, registry] = await Promise.all([GithubServer.start(), RegistryFixture.start()]);
    code = GitFixture.create(join(place.folder, "runtime"));
    commit = code.commit("release", { "requirements.txt": "nmdc-schema==11.23.0" });
    code.git("tag", "v2.19.0");
    forge.runs = [
      forge.make("run", {
        head_sha: commit,
        name: "Python application",
        status: "completed",
        conclusion: "success",
        path: "x",
        event: "push",
      }),
    ];
    const config = { config: { Labels: { "org.slipway.schema-version": "11.23.0" } } };
    digest = await registry.image("nmdc/fastapi", "v2.19.0", config);
    claim = {
      service: "fastapi",
      image: ImageReference.parse(`${registry.host}/nmdc/fastapi:v2.19.0@${digest}`),
      tag: "v2.19.0",
      branch: "main",
      exceptions: [],
      schema: { version: "11.23.0", pin: { package: "nmdc-schema", file: "requirements.txt" } },
    };
  });

  after(async () => {
    await forge.stop();
    await registry.stop();
    place.remove();
  });

  const running = found(`sha256:${"a".repeat(64)}`, {
    what: "pods",
    where: "cluster",
    when: new Date().toISOString(),
    by: "kubelet",
  });

  const gather = async (change: Partial<ServiceClaim> = {}, api = forge.api) =>
    serviceEvidence(
      { ...claim, ...change },
      {
        repository: await code.open(),
        forge: new GithubForge({ owner: "microbiomedata", repo: "nmdc-runtime", api }),
        registry: new OciRegistry(anonymous, 5),
        workflows: [],
        running,
      },
    );

  it("N1, N4, N7, F4: follows the whole chain, from tag to what runs, in one line", async () => {
    const evidence = await gather();
    assert.deepEqual(
      links.map((link) => mustFind(evidence.links[link]).value),
      [commit, "main", "Python application", digest, "11.23.0", `sha256:${"a".repeat(64)}`],
    );
    assert.equal(
      evidenceLine(evidence),
      `fastapi: tag ${commit.slice(0, 8)} ✓ · branch main ✓ · ci Python application ✓ · digest ${digest.slice(0, 19)} ✓ · schema 11.23.0 ✓ · running sha256:aaaaaaaaaaaa ✓`,
    );
  });

  it("N7: names both versions when commit or image are made for another schema", async () => {
    const pin = { package: "nmdc-schema", file: "requirements.txt" };
    const evidence = await gather({ schema: { version: "11.24.0", pin } });
    assert.match(
      mustContradict(evidence.links.schema),
      /commit 11\.23\.0, image 11\.23\.0; allowed: 11\.24\.0 in both/,
    );
  });

  it("N7: refuses an image without the label, and says how to set it", async () => {
    await registry.image("nmdc/bare", "v2.19.0");
    const evidence = await gather({ image: ImageReference.parse(`${registry.host}/nmdc/bare:v2.19.0`) });
    assert.match(mustContradict(evidence.links.schema), /no label org\.slipway\.schema-version.*--label/s);
  });

  it("waits with all that rests on a tag that is not there, and still judges the rest", async () => {
    const evidence = await gather({ tag: "v9.9.9" });
    mustContradict(evidence.links.tag);
    for (const link of ["branch", "ci", "schema"] as const)
      assert.match(mustBeUnjudged(evidence.links[link]), /nothing known of tag v9\.9\.9/);
    mustFind(evidence.links.digest);
    assert.match(evidenceLine(evidence), /tag ✗ · branch \? · ci \? · digest sha256:\w+ ✓ · schema \?/);
  });

  it("a link without network waits, and never passes", async () => {
    const image = ImageReference.parse(`127.0.0.1:1/nmdc/fastapi:v2.19.0@${digest}`);
    const { links: known } = await gather({ image }, "http://127.0.0.1:1");
    for (const link of ["ci", "digest", "schema"] as const) mustBeUnjudged(known[link]);
    mustFind(known.branch);
  });

  it("hands on what the cluster could not say", async () => {
    const unknown = unjudged({ where: "cluster", found: "no answer", allowed: "an answer", mend: "connect" });
    const sources = {
      repository: await code.open(),
      forge: new GithubForge({ owner: "a", repo: "b", api: forge.api }),
      registry: new OciRegistry(anonymous),
      workflows: [],
      running: unknown,
    };
    assert.deepEqual((await serviceEvidence(claim, sources)).links.running, unknown);
  });
});
