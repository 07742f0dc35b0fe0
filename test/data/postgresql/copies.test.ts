import assert from "node:assert/strict";
import { processor } from "../../../lib/data/conductor/processor";
import { contentOf as hashOf } from "../../../lib/data/postgresql/table-hash";
import { plain, tablesOf } from "../../../lib/data/postgresql/tables";
import { connected, rowsOf, TestPostgres } from "../../postgres";
import { EngineRun, nextOf } from "../engine-run";
import { ask, fails, onceReleased, plainStep, remembered, step } from "./faults";
import { contentOf, type PostgresRelease } from "./support";

const late = "INSERT INTO project (name) VALUES ('late'); UPDATE instance SET note = 'late' WHERE id = 7";

/** Where the server counts no writes at all, nothing may be concluded from that. */
describe("A PostgreSQL server that does not count", function () {
  this.timeout(120_000);
  const server = new TestPostgres({ track_counts: "off" });

  it("40: users' writes are carried, summed and found all the same", async () => {
    const lateOnly = { [`${step}/01.sql`]: "UPDATE project SET state = 'late' WHERE name = 'late'" };
    const spec = await onceReleased(server, "uncounted", lateOnly);
    const run = await releasedWhile(spec, () =>
      rowsOf(
        server.uri("runtime", "uncounted"),
        late.replace("WHERE id = 7", "WHERE id = 7; DELETE FROM instance WHERE id = 8"),
      ),
    );
    await recordedIsThere(server, "uncounted", run);
    await rowsOf(server.uri("runtime", "uncounted"), "UPDATE instance SET note = 'new' WHERE id = 1");
    const back = { ...nextOf(spec, "1.0.0"), hash: "sha256:back" };
    assert.match(await fails(back), /uncounted\.public\.instance: found writes of users since the release/);
  });
});

/** What is not read a second time must be known by something else: here it lies, and has to be caught. */
describe("Copies that a PostgreSQL release makes", function () {
  this.timeout(120_000);
  const server = new TestPostgres();
  const admin = (database: string, statements: string): Promise<unknown> =>
    rowsOf(server.uri("postgres", database), statements);
  const users = (database: string, statements: string): Promise<unknown> =>
    rowsOf(server.uri("runtime", database), statements);

  /** Does something between the rehearsal and the closing; the release must fail and leave everything as it is. */
  async function refused(spec: PostgresRelease, act: () => Promise<unknown>): Promise<string> {
    return fails(spec, async (name) => {
      if (name === "after stage") await act();
    });
  }

  for (const [copy, users_, forgotten] of [
    ["next version", "", ""],
    ["next version", "", "SELECT pg_stat_reset();"],
    ["unmigrated copy", late, ""],
    ["unmigrated copy", late, "SELECT pg_stat_reset();"],
  ] as const)
    it(`34: a write to the ${copy} after it was compared is found${forgotten === "" ? "" : ", also where the server forgot what it counted"}`, async () => {
      const database = `copy_${users_ === "" ? "next" : "base"}_${forgotten === "" ? "counted" : "reset"}`;
      const spec = await onceReleased(server, database);
      const staged = `${database}${users_ === "" ? "" : "~"}__new_2`;
      const said = await refused(spec, async () => {
        if (users_ !== "") await users(database, users_);
        // A table that nobody else writes to, and as many rows as before.
        const lies = "UPDATE log SET line = 'lie' WHERE line = 'line 1';";
        await admin(staged, lies);
        if (forgotten !== "") await admin(staged, forgotten);
      });
      assert.match(said, /found a copy that somebody wrote to after it was compared with the original/);
      assert.ok(said.includes(staged), said);
    });

  for (const [what, body, says] of [
    [
      "changes what comes",
      "NEW.name := 'lie'; RETURN NEW;",
      /public\.project: found 1 rows with content hash/,
    ],
    ["drops what comes", "RETURN NULL;", /public\.project: found 0 rows with content hash/],
    [
      "writes elsewhere",
      "INSERT INTO public.log (line) VALUES ('lie'); RETURN NEW;",
      /public\.log: found 1 rows inserted, 0 updated, 0 deleted while users' rows were carried into public\.project/,
    ],
  ] as const)
    it(`34: something in the copy that ${what} while users' rows are carried is found`, async () => {
      const database = `copy_${what.split(" ").join("_")}`;
      const spec = await onceReleased(server, database);
      const whole = await remembered(server, spec);
      const said = await refused(spec, async () => {
        await users(database, "INSERT INTO project (name) VALUES ('late')");
        await admin(
          `${database}~__new_2`,
          `CREATE FUNCTION lie() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body} END $$;
           CREATE TRIGGER lie BEFORE INSERT ON project FOR EACH ROW EXECUTE FUNCTION lie();
           ALTER TABLE project ENABLE ALWAYS TRIGGER lie`,
        );
      });
      assert.match(said, says);
      await users(database, "DELETE FROM project WHERE name = 'late'");
      await whole();
    });

  it("a trigger of the users' own that fires always is not played twice: everything is done again", async () => {
    const trigger = `CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO public.log (line) VALUES ('noted ' || NEW.name); RETURN NEW; END $$;
      CREATE TRIGGER note AFTER INSERT ON project FOR EACH ROW EXECUTE FUNCTION note();
      ALTER TABLE project ENABLE ALWAYS TRIGGER note`;
    const spec = await onceReleased(server, "copy_always");
    await rowsOf(server.uri("owner", "copy_always"), trigger);
    const run = await releasedWhile(spec, () =>
      users("copy_always", "INSERT INTO project (name) VALUES ('late')"),
    );
    assert.match(
      JSON.stringify(run.events),
      /everything again in copy_always: .*fires always.*public\.project/,
    );
    const noted = await rowsOf(
      server.uri("postgres", "copy_always"),
      "SELECT FROM log WHERE line = 'noted late'",
    );
    assert.equal(noted.length, 1);
  });

  it("what users added, changed and took away while it was rehearsed is carried, with and without a key, and sums up to what is there", async () => {
    const spec = await onceReleased(server, "copy_sums", {
      ...plainStep,
      [`${step}/02.sql`]: "ALTER TABLE instance ADD CONSTRAINT noted CHECK (note <> '');",
    });
    const original = await releasedWhile(spec, async () => {
      await users(
        "copy_sums",
        `${late}; DELETE FROM instance WHERE id = 8; UPDATE instance SET id = 1000 WHERE id = 9; INSERT INTO log (line) VALUES ('late');`,
      );
    });
    const { collections } = original.last("closed").record;
    const [now, old] = [await contentOf(server, "copy_sums"), await contentOf(server, "copy_sums__old_2")];
    assert.equal(now["public.instance"], old["public.instance"]);
    assert.equal(now["public.log"], old["public.log"]);
    assert.deepEqual(
      collections.map(({ collection, documentsBefore, documentsAfter, hashBefore, hashAfter }) => [
        collection,
        documentsBefore,
        documentsAfter,
        hashBefore === hashAfter,
      ]),
      [
        ["copy_sums.public.instance", 199, 199, true],
        ["copy_sums.public.log", 21, 21, true],
        ["copy_sums.public.project", 51, 51, false],
      ],
    );
    await recordedIsThere(server, "copy_sums", original);
  });
});

/** Releases and confirms; something happens between the rehearsal and the closing. */
async function releasedWhile(spec: PostgresRelease, act: () => Promise<unknown>): Promise<EngineRun> {
  const run = new EngineRun({ do: "release", spec }, processor, {
    boundary: async (name) => {
      if (name === "after stage") await act();
    },
  });
  await run.inPlace();
  await ask("confirm", spec);
  assert.equal(await run.ended, true, run.said());
  return run;
}

/** What was summed is what reading all of it finds, in the new version and in the original. */
async function recordedIsThere(server: TestPostgres, database: string, run: EngineRun): Promise<void> {
  const { collections } = run.last("closed").record;
  for (const [actual, side] of [
    [`${database}__old_2`, "hashBefore"],
    [database, "hashAfter"],
  ] as const) {
    const read = await connected(server.uri("postgres", actual), async (client) => {
      const found: [string, string][] = [];
      for (const table of await tablesOf(client))
        found.push([plain(table), (await hashOf(client, table)).hash]);
      return found;
    });
    const told = collections.map((one) => [one.collection.slice(database.length + 1), one[side]]);
    assert.deepEqual(Object.fromEntries(read), Object.fromEntries(told));
  }
}
