import assert from "node:assert/strict";
import { processor } from "../../../lib/data/conductor/processor";
import type { EmbeddedEnvironment } from "../../../lib/config/embedded";
import type { ReleaseSpec } from "../../../lib/data/protocol";
import { embedded } from "../../embedded";
import { contentOf, EngineRun } from "../engine-run";
import { withClient } from "../server";
import { catalogueMigrations, catalogueRelease, fillCatalogue } from "./catalogue";
import { SpreadPlace } from "./place";

describe("A pass that is spread over pods", function () {
  this.timeout(180_000);
  let environment: EmbeddedEnvironment;
  let place: SpreadPlace;
  let migrations: string;
  let local: EngineRun;
  let localContent: Readonly<Record<string, string>>;

  before(async function () {
    environment = await embedded();
    if (environment.node === "played") {
      console.log("      skipped: workers are pods, and this machine has no real node");
      this.skip();
    }
    place = await SpreadPlace.make(environment);
    migrations = catalogueMigrations();
    local = await released(await adopted("pods_none"));
    localContent = await contentOf(environment.mongo.uri, "pods_none");
  });

  for (const workers of [1, 2, 4]) {
    it(`makes the same with ${workers} pods as one process does`, async () => {
      const name = `pods_${workers}`;
      const next = { ...(await adopted(name)), execution: place.execution({ workers }) };
      const run = await released(next);
      assert.deepEqual(await contentOf(environment.mongo.uri, name), localContent);
      assert.deepEqual(run.last("closed").record.collections, local.last("closed").record.collections);
    });
  }

  /** The system's first release, and the spec of its next one. */
  async function adopted(database: string): Promise<ReleaseSpec> {
    const { uri } = environment.mongo;
    await fillCatalogue(uri, database);
    await withClient(uri, (client) => client.db(database).createCollection("nothing"));
    const first = catalogueRelease(place.spec(database), "1.0.0", migrations);
    await released(first);
    return catalogueRelease(first, "2.0.0", migrations);
  }

  async function released(spec: ReleaseSpec): Promise<EngineRun> {
    const run = new EngineRun({ do: "release", spec }, processor);
    await run.inPlace();
    const confirmation = new EngineRun({ do: "confirm", spec }, processor);
    assert.equal(await confirmation.ended, true, confirmation.said());
    assert.equal(await run.ended, true, run.said());
    return run;
  }
});
