import assert from "node:assert/strict";
import type { Db, Document } from "mongodb";
import type { StandIn } from "../../../tools/stand-in/launch";
import { Servers, buildTime, codeOf } from "./servers";

describe("roles on the stand-in server", () => {
  const servers = new Servers();
  let server: StandIn;
  let admin: Db;
  let user: Db;

  before(async function () {
    this.timeout(buildTime);
    server = await servers.start();
    admin = (await servers.connect(server, "slipway")).db("admin");
    user = (await servers.connect(server, "runtime")).db();
  });
  after(() => servers.end());

  const role = async (name: string): Promise<Document> => {
    const { roles } = await admin.command({ rolesInfo: name, showPrivileges: true });
    return (roles as Document[])[0] ?? {};
  };

  it("takes writing away from a role at once, and gives it back exactly", async () => {
    const saved = await role("nmdc_runtime");
    await user.collection("a").insertOne({ n: 1 });
    const privileges = (saved["privileges"] as { resource: Document; actions: string[] }[]).map((one) => ({
      ...one,
      actions: one.actions.filter((action) => ["find", "listCollections"].includes(action)),
    }));
    await admin.command({ updateRole: "nmdc_runtime", privileges });
    assert.equal(await codeOf(user.collection("a").insertOne({})), 13);
    assert.equal(await codeOf(user.collection("a").updateOne({ n: 1 }, { $set: { n: 2 } })), 13);
    assert.equal(await codeOf(user.collection("a").deleteOne({ n: 1 })), 13);
    assert.equal(await codeOf(user.collection("a").createIndex({ n: 1 })), 13);
    assert.equal(await user.collection("a").countDocuments(), 1);

    await admin.command({
      updateRole: "nmdc_runtime",
      privileges: saved["privileges"] as Document[],
      roles: saved["roles"] as Document[],
    });
    assert.deepEqual(await role("nmdc_runtime"), saved);
    await user.collection("a").insertOne({ n: 3 });
  });

  it("inherits from other roles, and shows what is inherited", async () => {
    const own = { resource: { db: "nmdc", collection: "b" }, actions: ["insert"] };
    await admin.command({ createRole: "child", privileges: [own], roles: [{ role: "read", db: "nmdc" }] });
    const child = await role("child");
    assert.deepEqual(child["privileges"], [own]);
    assert.deepEqual(child["inheritedRoles"], [{ role: "read", db: "nmdc" }]);
    assert.equal((child["inheritedPrivileges"] as unknown[]).length, 2);
    await admin.command({ dropRole: "child" });
    assert.deepEqual(await role("child"), {});
  });

  it("refuses as mongod does: unknown, built-in, existing, empty, circular", async () => {
    const empty = { privileges: [], roles: [] };
    assert.equal(await codeOf(admin.command({ updateRole: "nobody", ...empty })), 31);
    assert.equal(await codeOf(admin.command({ updateRole: "readWrite", ...empty })), 49);
    assert.equal(await codeOf(admin.command({ createRole: "nmdc_reader", ...empty })), 51002);
    assert.equal(await codeOf(admin.command({ createRole: "readWrite", ...empty })), 2);
    assert.equal(await codeOf(admin.command({ createRole: "half", roles: [] })), 40414);
    assert.equal(await codeOf(admin.command({ updateRole: "nmdc_reader" })), 2);
    assert.equal(await codeOf(admin.command({ updateRole: "nmdc_reader", roles: ["nobody"] })), 31);
    assert.equal(await codeOf(admin.command({ updateRole: "nmdc_reader", roles: ["nmdc_reader"] })), 49);
    const unknownAction = [{ resource: { cluster: true }, actions: ["fly"] }];
    assert.equal(await codeOf(admin.command({ updateRole: "nmdc_reader", privileges: unknownAction })), 2);
  });

  it("gives a user other roles at once, also one that is logged in, and only who may grant them does it", async () => {
    const { users } = await admin.command({ usersInfo: "runtime" });
    const before = (users as Document[])[0]?.["roles"] as Document[];
    await admin.command({ updateUser: "runtime", roles: [{ role: "read", db: "nmdc" }] });
    assert.equal(await codeOf(user.collection("a").insertOne({})), 13);
    await user.collection("a").countDocuments();
    assert.equal(await codeOf(user.admin().command({ updateUser: "runtime", roles: ["root"] })), 13);
    await admin.command({ updateUser: "runtime", roles: before });
    await user.collection("a").insertOne({ n: 4 });
    assert.equal(await codeOf(admin.command({ updateUser: "nobody", roles: [] })), 11);
    assert.equal(await codeOf(admin.command({ updateUser: "runtime", roles: ["nothing"] })), 31);
  });

  it("lists users with their roles", async () => {
    const { users } = await admin.command({ usersInfo: "runtime" });
    assert.deepEqual((users as Document[])[0]?.["roles"], [{ role: "nmdc_runtime", db: "admin" }]);
    const { users: all } = await admin.command({ usersInfo: 1 });
    assert.equal((all as unknown[]).length, 3);
  });
});
