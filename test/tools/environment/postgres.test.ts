import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { readEmbeddedEnvironment, type EmbeddedEnvironment } from "../../../lib/config/embedded";
import { providePostgres } from "../../../tools/postgresql/programs";
import { status, up } from "../../../tools/environment/environment";
import { embedded, embeddedState } from "../../embedded";
import { rowsOf } from "../../postgres";

describe("The embedded environment's PostgreSQL", function () {
  this.timeout(120_000);
  let postgres: NonNullable<EmbeddedEnvironment["postgres"]>;

  before(async function () {
    const programs = await providePostgres();
    if (programs.kind === "none") {
      console.error(`skipped: this machine lacks ${programs.lacks}`);
      this.skip();
    }
    await embedded();
    const environment = await up({ state: embeddedState, postgresql: true });
    assert.ok(environment.postgres);
    ({ postgres } = environment);
  });

  it("joins an environment that runs without one, and is there from then on", async () => {
    assert.deepEqual(readEmbeddedEnvironment(embeddedState).postgres, postgres);
    assert.deepEqual((await up({ state: embeddedState })).postgres, postgres);
    assert.equal((await status(embeddedState)).servers["postgresql"], true);
  });

  it("takes the release's user, an ordinary one and the owner; what they commit is synced to the disk", async () => {
    for (const uri of [postgres.uri, postgres.userUri, postgres.ownerUri]) {
      assert.deepEqual(await rowsOf(uri, "SELECT current_setting('fsync') AS fsync"), [{ fsync: "on" }]);
    }
  });

  it("X5: tells its passwords to their owner only", async () => {
    for (const file of ["postgresql.json", "environment.json"]) {
      assert.equal((await stat(join(embeddedState, file))).mode & 0o077, 0, file);
    }
  });
});
