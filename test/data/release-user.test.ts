import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { runInNewContext } from "node:vm";
import type { Db, Document } from "mongodb";
import { packageRoot } from "../../lib/package-root";
import { blocksOf } from "../docs/doc-blocks";
import {
  besideNames,
  contentOf,
  EngineRun,
  fill,
  type MongoRelease,
  nextOf,
  releaseAndConfirm,
  specFor,
} from "./engine-run";
import { data, processor } from "./plain-data";
import { firstStart, startServer, type TestServer, withClient } from "./server";

interface RoleOfPage {
  readonly role: string;
  readonly privileges: readonly Document[];
  readonly roles: readonly (string | { readonly role: string; readonly db: string })[];
}
interface UserOfPage {
  readonly user: string;
  readonly roles: RoleOfPage["roles"];
}

/** What the commands of docs/mongodb-user.md make, which a mongo shell would send. */
class Page {
  readonly roles: RoleOfPage[] = [];
  readonly users: UserOfPage[] = [];
  granted: readonly string[] = [];

  constructor() {
    const shell = {
      db: {
        createRole: (role: RoleOfPage) => this.roles.push(role),
        createUser: (user: UserOfPage) => this.users.push(user),
        grantRolesToUser: (_: string, roles: readonly string[]) => (this.granted = roles),
      },
      passwordPrompt: () => undefined,
    };
    for (const { language, text } of blocksOf(packageRoot(), "docs/mongodb-user.md"))
      if (language === "js") runInNewContext(text.replace(/^use admin$/m, ""), shell);
  }

  rolesOf(user: string): RoleOfPage["roles"] {
    const found = this.users.find((one) => one.user === user);
    if (!found) throw new Error(`the page makes no user ${user}`);
    return found.roles;
  }
}

const database = "nmdc";
const password = randomBytes(16).toString("hex");
const canary = "slipwayCanary";
/** The page's `slipway`; the stand-in has an administrator of that name. */
const user = "releasing";

describe("The release's own user, as docs/mongodb-user.md makes it", () => {
  const page = new Page();
  const users = [
    { user, password, roles: page.rolesOf("slipway") },
    { user: canary, password, roles: page.rolesOf(canary) },
  ];
  let server: TestServer;
  let first: MongoRelease;

  before(async function () {
    this.timeout(firstStart);
    server = await startServer({ further: users });
    for (const { role, ...rights } of page.roles) await asAdmin({ createRole: role, ...rights });
    if (server.kind === "mongod")
      for (const { user: name, roles } of users) await asAdmin({ createUser: name, pwd: password, roles });
  });
  beforeEach(async () => {
    await withClient(server.uri, (client) => client.db(database).dropDatabase());
    await fill(server.uri, database, data);
    await withClient(server.uri, (client) =>
      client.db(database).collection("studies").createIndex({ seen: 1 }, { expireAfterSeconds: 3600 }),
    );
    first = specFor({ uri: uriOf(user), writerUri: uriOf(canary) }, database);
  });
  after(() => server.stop());

  const asAdmin = (command: Document): Promise<Document> =>
    withClient(server.uri, (client) => client.db("admin").command(command));

  function uriOf(name: string): string {
    const uri = new URL(server.uri);
    uri.username = name;
    uri.password = password;
    return uri.href;
  }

  /** Release, with a write while it is rehearsed; way back; release, abort; clean. */
  async function everything(spec: MongoRelease, whileClosed: () => Promise<void>): Promise<void> {
    await releaseAndConfirm(spec, processor);
    const next = nextOf(spec, "2.0.0");
    let wrote = false;
    const run = new EngineRun({ do: "release", spec: next }, processor, {
      boundary: async (name) => {
        if (name !== "after stage" || wrote) return;
        wrote = true;
        await write("meanwhile");
      },
    });
    await run.inPlace();
    await whileClosed();
    await assert.rejects(write("closed"));
    const confirmation = new EngineRun({ do: "confirm", spec: next }, processor);
    assert.equal(await confirmation.ended, true, confirmation.said());
    await run.ended;
    await write("opened");
    await releaseAndConfirm({ ...spec, hash: "sha256:back", acceptLossSince: "v2.0.0" }, processor);
    const before = await contentOf(server.uri, database);
    const again = { ...next, hash: "sha256:again" };
    const aborted = new EngineRun({ do: "release", spec: again }, processor);
    await aborted.inPlace();
    assert.equal(await new EngineRun({ do: "abort", spec: again }, processor).ended, true);
    assert.equal(await aborted.ended, false);
    assert.deepEqual(await contentOf(server.uri, database), before);
    const clean = new EngineRun({ do: "clean", spec }, processor);
    assert.equal(await clean.ended, true, clean.said());
    assert.deepEqual(
      (await besideNames(server.uri, database)).filter((name) => name.includes("__new_")),
      [],
    );
    await write("afterwards");
  }

  const write = (_id: string): Promise<unknown> =>
    withClient(uriOf(canary), (client) =>
      client.db(database).collection<{ _id: string }>("studies").insertOne({ _id }),
    );
  const may = (ask: (db: Db) => Promise<unknown>, of: string): Promise<unknown> =>
    withClient(uriOf(user), (client) => ask(client.db(of)));

  it("N10: releases, goes back, aborts and cleans by the write block; it has no rights elsewhere", async () => {
    await everything({ ...first, store: { ...first.store, closeWrites: "writeBlock" } }, async () => {
      const status = await asAdmin({ serverStatus: 1, repl: 1 });
      assert.equal((status["repl"] as Document)["userWriteBlockMode"], 2);
    });
    await assert.rejects(
      may((db) => db.collection("any").findOne(), "elsewhere"),
      /not authorized/,
    );
    await assert.rejects(
      may((db) => db.command({ usersInfo: 1 }), database),
      /not authorized/,
    );
  });

  it("X4: a right that is missing is refused by plan and release, by its name, and writes stay open", async () => {
    const [role] = page.roles;
    assert.ok(role);
    await releaseAndConfirm(first, processor);
    const spec = nextOf(first, "2.0.0");
    const problems = async (): Promise<readonly string[]> => {
      const plan = new EngineRun({ do: "plan", spec }, processor);
      assert.equal(await plan.ended, true, plan.said());
      return plan.last("plan").plan.problems.map(({ where, found }) => `${where}: ${found}`);
    };
    const right = (name: string): string =>
      `data.store.uri: the right ${name} on every collection of nmdc: a release's user without it`;
    try {
      await asAdmin({ updateRole: role.role, roles: [{ db: database, role: "readWrite" }] });
      assert.deepEqual(await problems(), [right("collMod")]);
      const run = new EngineRun({ do: "release", spec }, processor);
      assert.equal(await run.ended, false);
      assert.match(run.said(), /the right collMod on every collection of nmdc/);
      assert.equal(run.last("closed").record.outcome, "failed");
      await write("open");

      await asAdmin({ updateRole: role.role, roles: [{ db: database, role: "read" }], privileges: [] });
      const found = await problems();
      const missing = ["insert", "update", "remove", "createCollection", "createIndex", "dropCollection"];
      for (const name of [...missing, "renameCollectionSameDB", "collMod"])
        assert.ok(found.includes(right(name)), name);
      const fences = found.filter((one) => one.startsWith("data.store.closeWrites"));
      assert.match(
        fences.join(),
        /may not setUserWriteBlockMode and bypassWriteBlockingMode and serverStatus/,
      );
      assert.match(
        fences.join(),
        /may not viewRole and viewUser and grantRole and revokeRole on every database/,
      );
    } finally {
      await asAdmin({ updateRole: role.role, roles: role.roles, privileges: role.privileges });
    }
  });

  it("36: a user who loses the rights in the middle opens nothing in doubt, and says so; with the rights back it resumes", async () => {
    const [role] = page.roles;
    assert.ok(role);
    await releaseAndConfirm(first, processor);
    const before = await contentOf(server.uri, database);
    const spec = nextOf(first, "2.0.0");
    const run = new EngineRun({ do: "release", spec }, processor, {
      boundary: async (name) => {
        if (name === "before swap")
          await asAdmin({ updateRole: role.role, roles: [{ db: database, role: "read" }], privileges: [] });
      },
    });
    try {
      assert.equal(await run.ended, false);
      assert.match(run.said(), /not authorized[^]*taking it back failed too[^]*slipway data resume/);
      await assert.rejects(write("in doubt"));
    } finally {
      await asAdmin({ updateRole: role.role, roles: role.roles, privileges: role.privileges });
    }
    const resume = new EngineRun({ do: "resume", spec }, processor);
    assert.equal(await resume.ended, true, resume.said());
    assert.deepEqual(await contentOf(server.uri, database), before);
    await write("open again");
  });

  it("N10, N15: with the page's second role it does all that by roles, and users have theirs back", async () => {
    const mine = page.rolesOf("slipway");
    await asAdmin({ updateUser: user, roles: [...mine, ...page.granted] });
    const rights = (): Promise<readonly Document[]> =>
      Promise.all([asAdmin({ usersInfo: 1 }), asAdmin({ rolesInfo: 1, showPrivileges: true })]);
    const before = await rights();
    await everything({ ...first, store: { ...first.store, closeWrites: "roles" } }, async () => {
      await withClient(uriOf(canary), (client) => client.db(database).collection("studies").findOne());
    });
    assert.deepEqual(await rights(), before);
  });
});
