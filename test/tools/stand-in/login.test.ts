import assert from "node:assert/strict";
import { MongoClient } from "mongodb";
import type { StandIn } from "../../../tools/stand-in/launch";
import { Servers, buildTime, codeOf } from "./servers";

describe("login at the stand-in server", () => {
  const servers = new Servers();
  let server: StandIn;

  before(async function () {
    this.timeout(buildTime);
    server = await servers.start();
  });
  after(() => servers.end());

  it("takes a user with the right password, and knows who it is", async () => {
    const client = await servers.connect(server, "runtime");
    const { authInfo } = await client.db().command({ connectionStatus: 1, showPrivileges: true });
    const info = authInfo as Record<string, { actions: string[] }[]>;
    assert.deepEqual(info["authenticatedUsers"], [{ user: "runtime", db: "admin" }]);
    assert.deepEqual(info["authenticatedUserRoles"], [{ role: "nmdc_runtime", db: "admin" }]);
    assert.ok(info["authenticatedUserPrivileges"]?.[0]?.actions.includes("insert"));
  });

  it("refuses a wrong password and an unknown user with code 18", async () => {
    const wrong = server.uri("runtime").replace(server.passwords.runtime, "wrong");
    const unknown = server.uri("runtime").replace("runtime:", "nobody:");
    assert.equal(await codeOf(MongoClient.connect(wrong)), 18);
    assert.equal(await codeOf(MongoClient.connect(unknown)), 18);
  });

  it("refuses everything but hello and ping without a login, with code 13", async () => {
    const client = await servers.client(`mongodb://${server.address}`);
    assert.equal((await client.db("admin").command({ ping: 1 }))["ok"], 1);
    assert.equal(await codeOf(client.db("nmdc").collection("a").findOne()), 13);
    assert.equal(await codeOf(client.db("nmdc").collection("a").insertOne({})), 13);
    assert.equal(await codeOf(client.db("admin").command({ rolesInfo: 1 })), 13);
  });

  it("lets a reader read but not write, and a writer write but not administer", async () => {
    const reader = (await servers.connect(server, "reader")).db();
    const writer = (await servers.connect(server, "runtime")).db();
    await writer.collection<{ _id: number }>("roles").insertOne({ _id: 1 });
    assert.deepEqual(await reader.collection("roles").find().toArray(), [{ _id: 1 }]);
    assert.equal(await codeOf(reader.collection("roles").insertOne({})), 13);
    assert.equal(await codeOf(reader.collection("roles").updateOne({}, { $set: { a: 1 } })), 13);
    assert.equal(await codeOf(reader.collection("roles").deleteMany({})), 13);
    assert.equal(await codeOf(reader.collection("roles").drop()), 13);
    assert.equal(await codeOf(reader.createCollection("other")), 13);
    assert.equal(await codeOf(reader.collection("roles").createIndex({ a: 1 })), 13);
    assert.equal(
      await codeOf(
        reader
          .collection("roles")
          .aggregate([{ $out: "copy" }])
          .toArray(),
      ),
      13,
    );
    assert.equal(await codeOf(writer.client.db("other").collection("a").insertOne({})), 13);
    assert.equal(
      await codeOf(writer.client.db("admin").command({ setUserWriteBlockMode: 1, global: true })),
      13,
    );
    assert.equal(
      await codeOf(writer.client.db("admin").command({ updateRole: "nmdc_reader", privileges: [] })),
      13,
    );
  });

  it("says that a command does not exist before it asks for a login", async () => {
    const client = await servers.client(`mongodb://${server.address}`);
    assert.equal(await codeOf(client.db("admin").command({ noSuchCommand: 1 })), 59);
  });
});
