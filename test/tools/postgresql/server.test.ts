import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dataOf, makeCluster } from "../../../tools/postgresql/cluster";
import { providePostgres } from "../../../tools/postgresql/programs";
import { connected, rowsOf, TestPostgres } from "../../postgres";

describe("PostgreSQL server", function () {
  this.timeout(60_000);
  const server = new TestPostgres();

  it("runs the major version of the client tools", async () => {
    const [row] = await rowsOf<{ major: string }>(
      server.uri("postgres"),
      "SELECT current_setting('server_version_num')::int / 10000 AS major",
    );
    const client = execFileSync("pg_dump", ["--version"], { encoding: "utf8" });
    assert.equal(/\) (\d+)\./.exec(client)?.[1], String(row?.major));
  });

  it("runs as an ordinary user of the machine, also where root starts it", async () => {
    const [row] = await rowsOf<{ folder: string }>(
      server.uri("postgres"),
      "SELECT current_setting('data_directory') AS folder",
    );
    assert.notEqual(statSync(row?.folder ?? "").uid, 0);
  });

  it("lets its user pass through folders that it made on the way to its own", async () => {
    const programs = await providePostgres();
    assert.ok(programs.kind === "server");
    const way = await mkdtemp(join(tmpdir(), "slipway-way-"));
    await chmod(way, 0o711);
    const folder = join(way, "of", "postgresql");
    try {
      await makeCluster({ programs, folder, port: 0, durable: false }, "of-nobody");
      assert.equal(statSync(dataOf(folder)).mode & 0o777, 0o700);
    } finally {
      await rm(way, { recursive: true });
    }
  });

  it("takes no user without his password", async () => {
    const uri = server.uri("owner").replace(/:[0-9a-f]+@/, ":wrong@");
    await assert.rejects(rowsOf(uri, "SELECT 1"), /password authentication failed/);
  });

  it("keeps what was committed when it is killed, and nothing else", async () => {
    await rowsOf(server.uri("postgres"), "CREATE DATABASE kept OWNER owner");
    const uri = server.uri("owner", "kept");
    await rowsOf(uri, "CREATE TABLE a AS SELECT generate_series(1, 1000) AS n");
    await connected(uri, async (client) => {
      await client.query("BEGIN");
      await client.query("INSERT INTO a VALUES (1001)");
      await server.restart();
    }).catch(() => undefined);
    assert.deepEqual(await rowsOf(uri, "SELECT count(*)::int AS rows FROM a"), [{ rows: 1000 }]);
  });

  it("gives the release's user no more than it needs", async () => {
    const [row] = await rowsOf(
      server.uri("slipway"),
      "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles WHERE rolname = current_user",
    );
    assert.deepEqual(row, {
      rolsuper: false,
      rolcreaterole: false,
      rolcreatedb: true,
      rolreplication: false,
    });
  });
});
