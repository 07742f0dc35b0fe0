import assert from "node:assert/strict";
import { adopted, contentOf, EngineRun, nextOf } from "./engine-run";
import { processor } from "./plain-data";
import { asRouter } from "./router";
import { serverOfSuite } from "./server";

describe("A sharded cluster", () => {
  const server = serverOfSuite();
  let router: Awaited<ReturnType<typeof asRouter>>;
  before(async () => {
    router = await asRouter(server.uri);
  });
  after(() => {
    router.stop();
  });

  it("is refused by the preview and by the release, which touch nothing", async () => {
    const first = await adopted(server, "sharded");
    const before = await contentOf(server.uri, "sharded");
    const next = nextOf(first, "2.0.0");
    const spec = { ...next, store: { ...next.store, uri: { kind: "value", value: router.uri } as const } };
    const preview = new EngineRun({ do: "plan", spec }, processor);
    assert.equal(await preview.ended, true, preview.said());
    assert.match(JSON.stringify(preview.last("plan").plan.problems), /a router of a sharded cluster/);
    const run = new EngineRun({ do: "release", spec }, processor);
    assert.equal(await run.ended, false);
    assert.match(
      run.said(),
      /found a router of a sharded cluster; allowed: a replica set or a single server/,
    );
    assert.deepEqual(await contentOf(server.uri, "sharded"), before);
  });
});
