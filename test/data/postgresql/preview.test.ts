import assert from "node:assert/strict";
import { processor } from "../../../lib/data/conductor/processor";
import type { DataPlan } from "../../../lib/data/preview/data-plan";
import { previewLimits, type PreviewLimits } from "../../../lib/data/preview/extent";
import { describePlan } from "../../../lib/review/data-plan";
import { connected, rowsOf, TestPostgres } from "../../postgres";
import { EngineRun, nextOf, releaseAndConfirm } from "../engine-run";
import {
  contentOf,
  databasesLike,
  firstRelease,
  makeDatabases,
  migrationList,
  type PostgresRelease,
} from "./support";

const step = "1.0.0-to-2.0.0";
const large = { ...previewLimits, whole: 10 };
const secret = "hunter2";
const left = "__preview_0123abcd";

describe("a preview of a PostgreSQL release", function () {
  this.timeout(120_000);
  const server = new TestPostgres();

  async function ready(one: string, two: string, sql: string): Promise<PostgresRelease> {
    await makeDatabases(server, one, two);
    const list = migrationList({
      [`${step}/migration.yaml`]: "kind: sql\n",
      [`${step}/${one}/01.sql`]: sql,
      [`${step}/${two}/01.sql`]:
        "INSERT INTO log (line) VALUES ('added'); DELETE FROM log WHERE line = 'line 1';",
      [`${step}/${one}/checks/no-nameless.sql`]: "SELECT id, name, token FROM project WHERE name = ''",
    });
    const first = firstRelease(server, [one, two], list);
    await releaseAndConfirm(first, processor);
    return nextOf(first, "2.0.0");
  }

  /** Plans, as `pulumi preview` does; nothing on the server may be another afterwards. */
  async function plan(spec: PostgresRelease, limits: PreviewLimits = previewLimits): Promise<DataPlan> {
    const { databases } = spec.store;
    const everything = async (): Promise<unknown> => [
      await databasesLike(server, ""),
      await Promise.all(databases.map((database) => contentOf(server, database))),
    ];
    const before = await everything();
    const run = new EngineRun({ do: "plan", spec }, processor, { preview: limits });
    assert.equal(await run.ended, true, run.said());
    assert.deepEqual(await everything(), before, "a preview leaves nothing");
    return run.last("plan").plan;
  }

  const sql = `
    ALTER TABLE project ADD COLUMN token text;
    UPDATE project SET token = '${secret}', state = 'old' WHERE id <= 10;
    DELETE FROM instance WHERE project = 50;
    DELETE FROM project WHERE id = 50;
    INSERT INTO project (name, token) VALUES ('', '${secret}');
    UPDATE instance SET note = 'https://ana:${secret}@example.org' WHERE id = 7;`;

  it("X2: is exact: rows per table, columns, what a check finds; values that look like secrets are masked", async () => {
    const spec = await ready("pv_a", "pv_b", sql);
    const found = await plan(spec);
    assert.deepEqual(found.problems, []);
    assert.deepEqual(found.tried, { documents: 540, of: 540, over: "everything" });
    const touched = found.collections.filter(({ added, changed, removed }) => added + changed + removed > 0);
    assert.deepEqual(
      touched.map(({ collection, added, changed, removed, fields }) => ({
        collection,
        added,
        changed,
        removed,
        fields,
      })),
      [
        {
          ...{ collection: "pv_a.public.instance", added: 0, changed: 1, removed: 4 },
          fields: [{ pointer: "/note", how: "changed", documents: 1 }],
        },
        {
          ...{ collection: "pv_a.public.project", added: 1, changed: 49, removed: 1 },
          fields: [
            { pointer: "/token", how: "added", documents: 49 },
            { pointer: "/state", how: "changed", documents: 10 },
          ],
        },
        { collection: "pv_b.public.log", added: 1, changed: 0, removed: 1, fields: [] },
      ],
    );
    assert.deepEqual(found.invalid, [
      {
        ...{ collection: "pv_a", id: '{"id":51,"name":"","token":"***"}', pointer: "" },
        ...{ rule: "no-nameless.sql", verdict: "made-invalid" },
      },
    ]);
    assert.equal(found.examples.length, 3);
    const all = JSON.stringify(found);
    assert.ok(!all.includes(secret), all);
    assert.match(describePlan(found).join("\n"), /invalid: 1 after/);
  });

  it("tells of a failing statement with its file and line, and leaves no copy behind", async () => {
    const { problems } = await plan(await ready("pf_a", "pf_b", "SELECT 1;\nUPDATE nowhere SET a = 1;"));
    assert.match(problems[0]?.where ?? "", /01\.sql, line 2/);
  });

  it("tries larger databases on the dump of an attempt that was taken back, else says that it can't tell", async () => {
    const spec = await ready("pd_a", "pd_b", sql.replace("''", "'named'"));
    const untried = await plan(spec, large);
    assert.deepEqual([untried.tried.over, untried.collections], ["nothing", []]);
    const words = describePlan(untried).join("\n");
    assert.match(words, /what becomes of about [\d,]+ rows is not known: more than 10 rows .+ no dump/);
    assert.match(
      words,
      /at most about [\d,]+ of them change: the migration touches no other table of a copy/,
    );
    assert.match(words, /pd_a\.public\.project: about \d+ rows, 1 MB/);
    assert.ok(untried.tried.over === "nothing");
    const touched = untried.tried.estimates.filter((one) => one.touched).map(({ collection }) => collection);
    assert.deepEqual(touched.sort(), ["pd_a.public.instance", "pd_a.public.project", "pd_b.public.log"]);
    const run = new EngineRun({ do: "release", spec }, processor);
    await run.inPlace();
    run.signs.give("nobody confirms");
    await run.ended;
    await rowsOf(server.uri("runtime", "pd_a"), "DELETE FROM log");
    const found = await plan(spec, large);
    assert.equal(found.tried.over, "dump");
    const project = found.collections.find(({ collection }) => collection === "pd_a.public.project");
    assert.deepEqual([project?.added, project?.changed, project?.removed], [1, 49, 1]);
    assert.equal(
      found.collections.find(({ collection }) => collection === "pd_a.public.log")?.documentsBefore,
      20,
      "as it was when it was dumped",
    );
  });

  it("37: copies of a preview that died are dropped by the next one and by clean, those of a living one stay", async () => {
    const spec = await ready("pk_a", "pk_b", sql);
    const copies = [`pk_a${left}`, `pk_b~${left}`];
    const make = async (): Promise<void> => {
      for (const copy of copies)
        await rowsOf(server.uri("slipway"), `CREATE DATABASE "${copy}" OWNER slipway`);
    };
    await make();
    await connected(server.uri("slipway"), async (client) => {
      await client.query("SET application_name = 'slipway preview 0123abcd'");
      await plan(spec);
    });
    const next = new EngineRun({ do: "plan", spec }, processor);
    assert.equal(await next.ended, true, next.said());
    assert.deepEqual(await databasesLike(server, "pk_"), ["pk_a", "pk_b"]);
    await make();
    const clean = new EngineRun({ do: "clean", spec }, processor);
    assert.equal(await clean.ended, true, clean.said());
    assert.deepEqual(await databasesLike(server, "pk_"), ["pk_a", "pk_b"]);
  });
});
