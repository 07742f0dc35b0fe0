import assert from "node:assert/strict";
import { processor } from "../../../lib/data/conductor/processor";
import type { EngineOptions } from "../../../lib/data/conductor/context";
import { rowsOf } from "../../postgres";
import { EngineRun, nextOf, releaseAndConfirm } from "../engine-run";
import {
  type AnyServer,
  contentOf,
  databasesLike,
  firstRelease,
  makeDatabase,
  mayWrite,
  migrationList,
  type PostgresRelease,
} from "./support";

/** The folder of the step that the faults happen in. */
export const step = "1.0.0-to-2.0.0";

/** What the step does where it doesn't matter. */
export const plainStep = { [`${step}/01.sql`]: "UPDATE project SET state = 'old' WHERE id <= 10;" };

/** A database at its first version, and the release that leads to the second. */
export async function onceReleased(
  server: AnyServer,
  database: string,
  files: Readonly<Record<string, string>> = plainStep,
): Promise<PostgresRelease> {
  await makeDatabase(server, database);
  const first = firstRelease(server, [database], migrationList(files));
  await releaseAndConfirm(first, processor);
  return nextOf(first, "2.0.0");
}

/** Runs a release that must fail. @returns why, in its own words. */
export async function fails(
  spec: PostgresRelease,
  boundary: EngineOptions["boundary"] = () => undefined,
): Promise<string> {
  const run = new EngineRun({ do: "release", spec }, processor, { boundary });
  assert.equal(await run.ended, false, "the release did not fail");
  return run.said();
}

/**
 * A release that is disturbed at one instant and confirmed by nobody; whatever it came to, `resume` ends it.
 * @param at name of the instant. @param disturb what happens then.
 */
export async function disturbed(
  spec: PostgresRelease,
  at: string,
  disturb: () => Promise<unknown>,
): Promise<void> {
  const run = new EngineRun({ do: "release", spec }, processor, {
    boundary: async (name) => {
      if (name === at) await disturb();
    },
  });
  const isOver = await Promise.race([run.ended, run.inPlace().then(() => undefined)]).catch(() => false);
  if (isOver === undefined) run.signs.give("the test is over");
  await run.ended;
  await ask("resume", spec);
}

/** Asks the engine for something that it must do. */
export async function ask(what: "confirm" | "resume" | "status", spec: PostgresRelease): Promise<EngineRun> {
  const run = new EngineRun({ do: what, spec }, processor);
  assert.equal(await run.ended, true, run.said());
  return run;
}

/** Remembers what a release's databases hold. @returns what asserts that they hold it still, open, alone and without an open release. */
export async function remembered(server: AnyServer, spec: PostgresRelease): Promise<() => Promise<void>> {
  const { databases } = spec.store;
  const contents = (): Promise<unknown> => Promise.all(databases.map((one) => contentOf(server, one)));
  const settings = (): Promise<unknown> =>
    rowsOf(
      server.uri("postgres"),
      `SELECT datname, datconnlimit, datallowconn, setconfig FROM pg_database d
       LEFT JOIN pg_db_role_setting ON setdatabase = d.oid WHERE datname = ANY ($1) ORDER BY 1`,
      [databases],
    );
  const [before, set] = [await contents(), await settings()];
  return async () => {
    const status = (await ask("status", spec)).last("status").status;
    assert.deepEqual([status.open, status.writes], [undefined, "open"]);
    assert.deepEqual(await contents(), before);
    assert.deepEqual(await settings(), set);
    for (const one of databases) {
      assert.equal(await mayWrite(server, one), true);
      assert.deepEqual(await databasesLike(server, one), [one]);
    }
  };
}

/** Cuts every session of the release's user, as a network does. */
export async function cutSessions(server: AnyServer): Promise<void> {
  await rowsOf(
    server.uri("postgres"),
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'slipway'",
  );
}
