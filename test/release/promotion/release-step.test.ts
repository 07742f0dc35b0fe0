import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OciRegistry } from "../../../lib/evidence/oci-registry";
import { anonymous } from "../../../lib/evidence/registry-credentials";
import { Refusal } from "../../../lib/problem";
import type { Pin } from "../../../lib/release/gates/deployment";
import {
  carryOutRelease,
  planRelease,
  readReleased,
  releasedPath,
} from "../../../lib/release/promotion/release-step";
import { ImageReference } from "../../../lib/release/references/image-reference";
import { RegistryFixture } from "../../evidence/registry-fixture";

const now = "2021-04-16T12:58:08Z";

describe("release, the first of two steps, on a real registry", function () {
  // Time for the first build of the server, where the cache has none yet.
  this.timeout(600_000);

  let server: RegistryFixture;
  let folder: string;
  let pins: readonly Pin[];
  const registry = new OciRegistry(anonymous);
  const plan = (): ReturnType<typeof planRelease> => planRelease("prod", "33242e93", pins, now, "ana");

  before(async () => {
    server = await RegistryFixture.start();
    const push = async (name: string): Promise<Pin> => {
      const digest = await server.image(`ebi-ait/${name}`, "33242e93", {
        created: "2021-04-16T00:00:00Z",
        config: { Labels: { name }, Env: [] },
      });
      return {
        name,
        repository: `${server.host}/ebi-ait/${name}`,
        tag: "33242e93",
        digest,
        commit: "33242e93",
      };
    };
    pins = [await push("core"), await push("broker")];
  });
  after(() => server.stop());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "slipway-release-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("H9: names every image by environment, commit, date and second", () => {
    assert.deepEqual(
      Object.values(plan().images).map(({ tag }) => tag),
      ["prod-33242e93-16-04-2021.1618577888", "prod-33242e93-16-04-2021.1618577888"],
    );
  });

  it("H7: retags in the registry, keeps the digest, and records that it is finished; a second time does nothing", async () => {
    const path = releasedPath(folder, "prod", pins);
    assert.equal((await carryOutRelease(path, plan(), registry)).did, "released");
    const first = readFileSync(path, "utf8");
    for (const { repository, digest } of pins) {
      const found = await registry.digestOf(
        ImageReference.of({ repository, tag: "prod-33242e93-16-04-2021.1618577888" }),
      );
      assert.equal(found.finding === "found" && found.value.toString(), digest);
    }
    const later = planRelease("prod", "33242e93", pins, "2021-04-17T12:00:00Z", "ben");
    assert.equal((await carryOutRelease(path, later, registry)).did, "nothing");
    assert.equal(readFileSync(path, "utf8"), first);
  });

  it("H7: what died in between goes on under the tags that it began with", async () => {
    const path = releasedPath(folder, "prod", pins);
    const [core, broker] = pins;
    assert.ok(core && broker);
    const gone: Pin = { ...broker, digest: `sha256:${"0".repeat(64)}` };
    const begun = planRelease("prod", "33242e93", [core, gone], now, "ana");
    await assert.rejects(
      carryOutRelease(path, begun, registry),
      (error: Error) => error instanceof Refusal && error.message.includes("ebi-ait/broker"),
    );
    assert.equal((await readReleased(path))?.state, "started");
    // The image was pushed again meanwhile; the run is another one, a day later.
    writeFileSync(path, JSON.stringify({ ...begun, images: plan().images }));
    const { released } = await carryOutRelease(
      path,
      planRelease("prod", "33242e93", pins, "2021-04-17T12:00:00Z", "ben"),
      registry,
    );
    assert.equal(released.images["broker"]?.tag, "prod-33242e93-16-04-2021.1618577888");
    assert.equal(released.state, "finished");
  });

  it("H9: refuses other environments, and images without digest or commit, all at once; nothing is written", () => {
    const bare = pins.map((pin) => ({ ...pin, digest: undefined, commit: undefined }));
    assert.throws(
      () => planRelease("integration", "x", bare, now, "ana"),
      (error: Error) => error instanceof Refusal && error.problems.length === 5,
    );
    assert.ok(!existsSync(join(folder, "prod")));
  });

  it("H7: a file that is no record of a release step is refused by its name", async () => {
    const path = join(folder, "broken.json");
    writeFileSync(path, "{}");
    await assert.rejects(readReleased(path), /broken\.json/);
    assert.equal(await readReleased(join(folder, "none.json")), undefined);
  });
});
