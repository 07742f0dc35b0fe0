import assert from "node:assert/strict";
import { appendFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { processor } from "../../../lib/data/conductor/processor";
import { openStore } from "../../../lib/data/open-store";
import type { EngineRequest } from "../../../lib/data/protocol";
import { Secrets } from "../../../lib/data/secrets";
import { verifyOffline, verifyOnline } from "../../../lib/data/verify/verify-proof";
import { rowsOf, TestPostgres } from "../../postgres";
import { ChildEngine, compiledEntry } from "../kill/child-engine";
import { EngineRun, nextOf, releaseAndConfirm } from "../engine-run";
import {
  contentOf,
  databasesLike,
  firstRelease,
  makeDatabases,
  migrationList,
  type PostgresRelease,
} from "./support";

describe("An operator's commands on PostgreSQL databases", function () {
  this.timeout(120_000);
  const server = new TestPostgres();

  /** Two databases at their first version; each step changes both. */
  async function ready(prefix: string): Promise<PostgresRelease> {
    const databases = [`${prefix}_a`, `${prefix}_b`];
    await makeDatabases(server, ...databases);
    const steps = ["1.0.0-to-2.0.0", "2.0.0-to-3.0.0"].flatMap((step) =>
      databases.map((one) => [`${step}/${one}/01.sql`, `UPDATE project SET state = '${step}';`] as const),
    );
    const first = firstRelease(server, databases, migrationList(Object.fromEntries(steps)));
    await releaseAndConfirm(first, processor);
    return first;
  }

  async function ask(what: EngineRequest["do"], spec: PostgresRelease): Promise<EngineRun> {
    const run = new EngineRun({ do: what, spec }, processor);
    assert.equal(await run.ended, true, run.said());
    return run;
  }

  async function contents({ store }: PostgresRelease): Promise<unknown> {
    return Promise.all(store.databases.map((database) => contentOf(server, database)));
  }

  async function mayWrite({ store }: PostgresRelease): Promise<void> {
    for (const database of store.databases)
      await rowsOf(server.uri("runtime", database), "INSERT INTO log (line) VALUES ('after')");
  }

  it("abort tells a living owner to take the release back", async () => {
    const first = await ready("ab");
    const before = await contents(first);
    const next = nextOf(first, "2.0.0");
    const run = new EngineRun({ do: "release", spec: next }, processor);
    await run.inPlace();
    const abort = await ask("abort", next);
    assert.equal(abort.last("status").status.last?.reason, "aborted by ana");
    assert.equal(await run.ended, false);
    assert.deepEqual(await contents(first), before);
    assert.deepEqual(await databasesLike(server, "ab_"), ["ab_a", "ab_b"]);
    await mayWrite(first);
  });

  it("N16: a guardian takes the release back when its owner has died", async () => {
    const first = await ready("gd");
    const before = await contents(first);
    const spec = { ...nextOf(first, "2.0.0"), guardian: { attempt: "the first", readyWithin: 60 } };
    const guardian = new EngineRun({ do: "guard", spec }, processor);
    const child = new ChildEngine(compiledEntry(), { do: "release", spec }, { KILL_STORE: "postgresql" });
    await child.inPlace();
    child.signal("SIGKILL");
    assert.equal(await guardian.ended, true, guardian.said());
    assert.equal(guardian.last("closed").record.outcome, "rolled-back");
    assert.deepEqual(await contents(first), before);
    await mayWrite(first);
  });

  it("N18: rollback goes back behind the last release by renames, and not when users wrote since", async () => {
    const first = await ready("rb");
    const before = await contents(first);
    const next = nextOf(first, "2.0.0");
    await releaseAndConfirm(next, processor);
    await ask("rollback", next);
    assert.deepEqual(await contents(first), before);
    await mayWrite(first);

    await releaseAndConfirm({ ...next, hash: "sha256:again" }, processor);
    await mayWrite(first);
    const refused = new EngineRun({ do: "rollback", spec: next }, processor);
    assert.equal(await refused.ended, false);
    assert.match(refused.said(), /rb_a\.public\.log: found writes of users since the release: 1 rows added/);
    await mayWrite(first);
  });

  it("clean drops the originals that no way back needs and the dumps that nobody retains, and nothing else", async () => {
    const first = { ...(await ready("cl")), keep: { releases: 2 } };
    const old = await releaseAndConfirm(nextOf(first, "2.0.0"), processor);
    const next = nextOf(first, "3.0.0");
    const last = await releaseAndConfirm(next, processor);
    const folderOf = (run: EngineRun): string => join(first.dump.keep, run.last("closed").record.id);
    const live = await contents(first);
    const all = ["cl_a", "cl_a__old_2", "cl_a__old_3", "cl_b", "cl_b__old_2", "cl_b__old_3"];
    assert.deepEqual(await databasesLike(server, "cl_"), all);
    await ask("clean", { ...next, keep: { releases: 1 }, dump: { ...next.dump, retain: 1 } });
    assert.deepEqual(
      await databasesLike(server, "cl_"),
      all.filter((name) => !name.endsWith("old_2")),
    );
    assert.deepEqual(await contents(first), live);
    assert.deepEqual(await verifyOffline(join(folderOf(last), "proof.json")), []);
    const left = readdirSync(folderOf(old));
    assert.ok(
      left.includes("proof.json") && !left.includes("cl_a") && !left.includes("manifest.json"),
      left.join(),
    );
  });

  it("8: verify finds a changed file of the dump offline, and online what users wrote and a changed original", async () => {
    const first = await ready("vf");
    const run = await releaseAndConfirm(nextOf(first, "2.0.0"), processor);
    const folder = join(first.dump.keep, run.last("closed").record.id);
    const proof = join(folder, "proof.json");
    const online = async (): Promise<readonly string[]> => {
      const store = await openStore(first.store, new Secrets());
      const found = await verifyOnline(proof, store).finally(() => store.close());
      return found.map(({ where }) => where);
    };
    assert.deepEqual(await verifyOffline(proof), []);
    assert.deepEqual(await online(), []);
    await rowsOf(server.uri("runtime", "vf_a"), "DELETE FROM log WHERE line = 'line 1'");
    // Who wants to write to an original must insist: it stays closed.
    const forged = "BEGIN READ WRITE; UPDATE instance SET note = 'forged' WHERE id = 1; COMMIT";
    await rowsOf(server.uri("postgres", "vf_b__old_2"), forged);
    assert.deepEqual(await online(), ["vf_a.public.log (vf_a)", "vf_b.public.instance (vf_b__old_2)"]);
    const file = readdirSync(join(folder, "vf_a")).find((name) => name.endsWith(".gz")) ?? "";
    appendFileSync(join(folder, "vf_a", file), "x");
    assert.deepEqual(
      (await verifyOffline(proof)).map(({ where }) => where),
      [join("vf_a", file)],
    );
  });
});
