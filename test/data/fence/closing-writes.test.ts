import assert from "node:assert/strict";
import type { Document } from "mongodb";
import { adopted, contentOf, EngineRun, fill, nextOf, releaseAndConfirm, specFor } from "../engine-run";
import { ChildEngine, compiledEntry } from "../kill/child-engine";
import { mayWrite } from "../kill/mongo-store";
import { processor } from "../plain-data";
import { serverOfSuite, withClient } from "../server";
import type { CloseWrites } from "../../../lib/data/protocol";

const data = { studies: [{ _id: "study-1" }], samples: [{ _id: "sample-1" }] };

describe("Closing writes", () => {
  const server = serverOfSuite();

  const rolesOf = (): Promise<Document> =>
    withClient(server.uri, async (client) =>
      client.db("admin").command({ rolesInfo: 1, showPrivileges: true }),
    );

  for (const how of ["writeBlock", "roles"] satisfies CloseWrites[]) {
    it(`N10, N15: ${how} refuses writers, lets readers go on, and gives back exactly what was there`, async () => {
      const database = `close-${how}`;
      await fill(server.uri, database, data);
      const spec = specFor(server, database);
      const closing = { ...spec, store: { ...spec.store, closeWrites: how } };
      await releaseAndConfirm(closing, processor);
      const before = await rolesOf();
      const run = new EngineRun({ do: "release", spec: nextOf(closing, "2.0.0") }, processor);
      await run.inPlace();
      assert.equal(await mayWrite(server, database), false);
      await withClient(server.readerUri, async (client) => {
        assert.equal(await client.db(database).collection("studies").countDocuments(), 1);
      });
      const confirmation = new EngineRun({ do: "confirm", spec: nextOf(closing, "2.0.0") }, processor);
      assert.equal(await confirmation.ended, true, confirmation.said());
      await run.ended;
      assert.equal(await mayWrite(server, database), true);
      assert.deepEqual(await rolesOf(), before);
    });
  }

  it("18: a block that somebody else has set is never lifted, and the release stops before anything is touched", async () => {
    await fill(server.uri, "foreign", data);
    const spec = specFor(server, "foreign");
    const closing = { ...spec, store: { ...spec.store, closeWrites: "writeBlock" as const } };
    await releaseAndConfirm(closing, processor);
    const before = await contentOf(server.uri, "foreign");
    const block = (global: boolean): Promise<unknown> =>
      withClient(server.uri, (client) => client.db("admin").command({ setUserWriteBlockMode: 1, global }));
    await block(true);
    try {
      const run = new EngineRun({ do: "release", spec: nextOf(closing, "2.0.0") }, processor);
      assert.equal(await run.ended, false);
      assert.match(run.said(), /somebody else's user write block/);
      assert.deepEqual(await contentOf(server.uri, "foreign"), before);
      assert.equal(await mayWrite(server, "foreign"), false, "the foreign block is still there");
    } finally {
      await block(false);
    }
  });

  it("18: a block that came after the plan is found by the canary, and is not lifted", async () => {
    await fill(server.uri, "sneaked", data);
    const first = specFor(server, "sneaked");
    await releaseAndConfirm(first, processor);
    const block = (global: boolean): Promise<unknown> =>
      withClient(server.uri, (client) => client.db("admin").command({ setUserWriteBlockMode: 1, global }));
    const run = new EngineRun({ do: "release", spec: nextOf(first, "2.0.0") }, processor, {
      boundary: async (name) => {
        if (name === "after stage") await block(true);
      },
    });
    assert.equal(await run.ended, false);
    assert.match(run.said(), /before writes were closed: found refused/);
    assert.equal(await mayWrite(server, "sneaked"), false);
    await block(false);
  });

  for (const instant of ["before close-writes", "after close-writes"]) {
    it(`4: killed right ${instant}, another machine gives roles and users back exactly what they had`, async () => {
      const database = instant.replace(" ", "-");
      const first = await adopted(server, database);
      const spec = { ...nextOf(first, "2.0.0"), store: { ...first.store, closeWrites: "roles" as const } };
      const rights = async (): Promise<readonly Document[]> => [
        await rolesOf(),
        await withClient(server.uri, (client) => client.db("admin").command({ usersInfo: 1 })),
      ];
      const before = await rights();
      const killed = new ChildEngine(compiledEntry(), { do: "release", spec }, { KILL_AT_NAME: instant });
      assert.equal(await killed.ended, "SIGKILL");
      assert.equal(await mayWrite(server, database), instant === "before close-writes");
      const resume = new EngineRun({ do: "resume", spec }, processor);
      assert.equal(await resume.ended, true, resume.said());
      assert.equal(resume.last("status").status.last?.outcome, "rolled-back");
      assert.deepEqual(await rights(), before);
      assert.equal(await mayWrite(server, database), true);
    });
  }

  it("19: a role that a human changed meanwhile is not overwritten; the release says so and stays open", async () => {
    await fill(server.uri, "human", data);
    const spec = specFor(server, "human");
    const closing = { ...spec, store: { ...spec.store, closeWrites: "roles" as const } };
    await releaseAndConfirm(closing, processor);
    const original = (await rolesOf())["roles"] as readonly Document[];
    const writer = original.find(({ role }) => role === "nmdc_runtime");
    const next = nextOf(closing, "2.0.0");
    const run = new EngineRun({ do: "release", spec: next }, processor);
    await run.inPlace();
    const privileges = [{ resource: { db: "human", collection: "studies" }, actions: ["find"] }];
    await withClient(server.uri, (client) =>
      client.db("admin").command({ updateRole: "nmdc_runtime", privileges, roles: [] }),
    );
    run.signs.give("nobody confirms");
    assert.equal(await run.ended, false);
    assert.match(run.said(), /role admin.nmdc_runtime: found other rights/);
    const status = new EngineRun({ do: "status", spec: next }, processor);
    await status.ended;
    assert.equal(status.last("status").status.writes, "closed");
    assert.equal(status.last("status").status.next, "slipway data resume test");

    await withClient(server.uri, (client) =>
      client
        .db("admin")
        .command({ updateRole: "nmdc_runtime", privileges: writer?.["privileges"] as Document[], roles: [] }),
    );
    const resume = new EngineRun({ do: "resume", spec: next }, processor);
    assert.equal(await resume.ended, true, resume.said());
    assert.equal(resume.last("status").status.writes, "open");
  });
});
