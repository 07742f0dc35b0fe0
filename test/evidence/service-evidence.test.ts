import assert from "node:assert/strict";
import { join } from "node:path";
import { ciOf } from "../../lib/evidence/ci-evidence";
import { type Finding, found, mapFound, unjudged } from "../../lib/evidence/finding";
import { GithubForge } from "../../lib/evidence/github-forge";
import { OciRegistry } from "../../lib/evidence/oci-registry";
import { anonymous } from "../../lib/evidence/registry-credentials";
import { commitSchemaVersion } from "../../lib/evidence/schema-version";
import {
  type EvidenceFacts,
  evidenceLine,
  links,
  serviceEvidence,
  type ServiceEvidence,
} from "../../lib/evidence/service-evidence";
import { ImageReference } from "../../lib/release/references/image-reference";
import { mustBeUnjudged, mustContradict, mustFind } from "./assert-finding";
import { GitFixture } from "./git-fixture";
import { GithubServer } from "./github-server";
import { RegistryFixture } from "./registry-fixture";

const closed = { where: "somewhere", found: "no answer", allowed: "an answer", mend: "check the network" };

describe("serviceEvidence", function () {
  // Time for the first build of the registry, where the cache has none yet.
  this.timeout(600_000);

  let place: ReturnType<typeof GitFixture.place>;
  let forge: GithubServer;
  let registry: RegistryFixture;
  let facts: EvidenceFacts;
  let commit: string;
  let digest: string;
  const running: Finding<Record<string, string>> = found(
    { fastapi: `sha256:${"a".repeat(64)}` },
    { what: "pods", where: "cluster", when: "2026-11-21T10:00:00Z", by: "kubelet" },
  );

  before(async () => {
    place = GitFixture.place();
    [forge, registry] = await Promise.all([GithubServer.start(), RegistryFixture.start()]);
    const code = GitFixture.create(join(place.folder, "runtime"));
    commit = code.commit("release", { "requirements.txt": "nmdc-schema==11.23.0" });
    code.git("tag", "v2.19.0");
    const run = {
      head_sha: commit,
      name: "Python application",
      status: "completed",
      conclusion: "success",
      path: "x",
      event: "push",
    };
    forge.runs = [forge.make("run", run)];
    const config = { config: { Labels: { "org.slipway.schema-version": "11.23.0" } } };
    digest = await registry.image("nmdc/fastapi", "v2.19.0", config);
    facts = await gather(await code.open());
  });

  after(async () => {
    await forge.stop();
    await registry.stop();
    place.remove();
  });

  /** The facts of one source and one image, by a real repository, a real registry, and a server that plays GitHub. */
  async function gather(repository: Awaited<ReturnType<GitFixture["open"]>>): Promise<EvidenceFacts> {
    const tag = await repository.tag("v2.19.0");
    const github = new GithubForge({ owner: "microbiomedata", repo: "nmdc-runtime", api: forge.api });
    const images = new OciRegistry(anonymous);
    const image = ImageReference.parse(`${registry.host}/nmdc/fastapi:v2.19.0`);
    const open = unjudged(closed);
    return {
      release: {
        services: [
          { name: "runtime-api", image: "fastapi", replicas: 1, strategy: "rolling", volume: false },
        ],
        schema: { package: "nmdc-schema", version: "11.23.0" },
      },
      sources: [
        {
          name: "runtime",
          tag,
          tags: open,
          branch: await repository.onBranch(mustFind(tag).value, "main", []),
          ci: await ciOf({ forge: github, repository, workflows: [] }, commit),
          smoke: open,
          changelog: open,
          workflow: open,
        },
      ],
      pins: [
        {
          pin: { name: "fastapi", repository: image.repository.toString(), tag: "v2.19.0", digest },
          digest: mapFound(await images.digestOf(image), (value) => value.toString()),
          whole: mapFound(await images.imageExists(image), (value) => value.toString()),
          image: await images.factsOf(image),
          vulnerabilities: open,
        },
      ],
      data: {
        commitSchema: await commitSchemaVersion(repository, commit, {
          package: "nmdc-schema",
          file: "requirements.txt",
        }),
      },
    };
  }

  const lineOf = (
    change: Partial<EvidenceFacts> = {},
    runs: Finding<Readonly<Record<string, string>>> = running,
  ): ServiceEvidence => {
    const [line, ...more] = serviceEvidence({ ...facts, ...change }, { runtime: ["fastapi"] }, runs);
    assert.ok(line !== undefined && more.length === 0);
    return line;
  };
  const withPin = (change: Partial<EvidenceFacts["pins"][number]>): Partial<EvidenceFacts> => ({
    pins: facts.pins.map((pin) => ({ ...pin, ...change })),
  });

  it("N1, N4, N7, F4: follows the whole chain, from tag to what runs, in one line", () => {
    const line = lineOf();
    assert.deepEqual(
      links.map((link) => mustFind(line.links[link]).value),
      [commit, "main", "Python application", digest, "11.23.0", `sha256:${"a".repeat(64)}`],
    );
    assert.equal(line.image, `${registry.host}/nmdc/fastapi:v2.19.0@${digest}`);
    assert.equal(
      evidenceLine(line),
      `runtime-api: tag ${commit.slice(0, 8)} ✓ · branch main ✓ · ci Python application ✓ · digest ${digest.slice(0, 19)} ✓ · schema 11.23.0 ✓ · running sha256:aaaaaaaaaaaa ✓`,
    );
  });

  it("N4: a tag that was pushed again contradicts its pin, with both digests", () => {
    const old = `sha256:${"0".repeat(64)}`;
    const line = lineOf(
      withPin({ pin: { name: "fastapi", repository: "nmdc/fastapi", tag: "v2.19.0", digest: old } }),
    );
    assert.match(mustContradict(line.links.digest), new RegExp(`stands for ${digest}; allowed: ${old}`));
    assert.match(evidenceLine(line), /digest ✗/);
  });

  it("N7: commit or image of another schema than the data's are contradicted, with both versions", () => {
    const schema = { package: "nmdc-schema", version: "11.24.0" };
    const line = lineOf({ release: { ...facts.release, schema } });
    assert.match(
      mustContradict(line.links.schema),
      /image 11\.23\.0, commit 11\.23\.0; allowed: 11\.24\.0 in both/,
    );
  });

  it("N7: an image that carries no schema version knows no schema", () => {
    const image = mapFound(facts.pins[0]?.image ?? unjudged(closed), (value) => ({
      ...value,
      schemaVersion: undefined,
    }));
    assert.equal(mustFind(lineOf(withPin({ image })).links.schema).value, "none");
  });

  it("a link that nothing is known of waits, and never passes", () => {
    const open = unjudged(closed);
    const line = lineOf(
      { ...withPin({ digest: open, image: open }), sources: [], data: { commitSchema: open } },
      open,
    );
    for (const link of links) mustBeUnjudged(line.links[link]);
    assert.match(evidenceLine(line), /tag \? · branch \? · ci \? · digest \? · schema \? · running \?/);
    assert.match(mustBeUnjudged(lineOf({ data: { commitSchema: open } }).links.schema), /no answer/);
  });

  it("shows that nothing of an image runs yet", () => {
    assert.equal(
      mustFind(
        lineOf(
          {},
          mapFound(running, () => ({})),
        ).links.running,
      ).value,
      "nothing",
    );
  });
});
