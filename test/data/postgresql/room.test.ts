import assert from "node:assert/strict";
import { FolderStorage } from "../../../lib/data/dump/folder-storage";
import { refuseWithoutRoom } from "../../../lib/data/postgresql/room";
import { PostgresServer } from "../../../lib/data/postgresql/server";
import { Refusal } from "../../../lib/problem";
import { Secrets } from "../../../lib/data/secrets";
import type { PostgresUser } from "../../../tools/postgresql/users";
import { rowsOf, TestPostgres } from "../../postgres";
import { scratch } from "../../scratch";
import { makeDatabase } from "./support";

/** A folder on a disk that has only so much room left. */
class NarrowStorage extends FolderStorage {
  constructor(
    folder: string,
    private readonly bytes: number,
  ) {
    super(folder);
  }

  override room(): Promise<number> {
    return Promise.resolve(this.bytes);
  }
}

describe("the room that a PostgreSQL release needs", function () {
  this.timeout(60_000);
  const server = new TestPostgres();
  const database = "roomy";

  before(async () => {
    // 4,000 rows of 250 bytes that can't be compressed, which pg_dump writes as twice as many digits.
    const rows = `CREATE TABLE noise (id int PRIMARY KEY, bytes bytea);
      INSERT INTO noise SELECT n, (SELECT string_agg(sha256((n || ' ' || part)::bytea), '') FROM generate_series(1, 8) part) FROM generate_series(1, 4000) n`;
    await makeDatabase(server, database, rows);
  });

  /** What it says of so much room for dumps, and what it could not know. */
  async function asked(
    user: PostgresUser,
    bytes: number,
  ): Promise<{ readonly refused: string; readonly said: string }> {
    const said: string[] = [];
    const secrets = new Secrets();
    const as = PostgresServer.of(
      secrets.uri({ kind: "value", value: server.uri(user) }, "here", "release", "postgres"),
      "here",
      secrets,
    );
    const storage = new NarrowStorage(scratch("dump"), bytes);
    const refused = await refuseWithoutRoom(as, [database], storage, (text) => said.push(text)).then(
      () => "",
      (error: unknown) => {
        assert.ok(error instanceof Refusal);
        return error.message;
      },
    );
    return { refused, said: said.join() };
  }

  it("10: refuses a dump that does not fit where dumps stay, by a sample of its rows, before anything is touched", async () => {
    assert.match(
      (await asked("slipway", 800_000)).refused,
      /room: 1 problem\n.+found room for 1 MB; allowed: room for a dump of about 2 MB/,
    );
    assert.equal((await asked("slipway", 1_600_000)).refused, "");
  });

  it("10: sees the server's disk where its data lie on this machine, and says so where it can't", async () => {
    // Who runs the tests runs the server, or is root.
    assert.equal((await asked("slipway", 1e9)).said, "");
    await rowsOf(server.uri("postgres"), "GRANT pg_read_all_data TO reader");
    const unknown = await asked("reader", 1e9);
    assert.match(
      unknown.said,
      /2 copies beside the originals take up to \d+ MB on the server; whether it has that room only its administrator can see/,
    );
  });
});
