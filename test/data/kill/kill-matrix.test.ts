import { firstStart, startServer, type TestServer } from "../server";
import { TestPostgres } from "../../postgres";
import { killed } from "./killed";
import type { MatrixStore } from "./matrix-store";
import { keepTable, type MatrixRow } from "./matrix-table";
import { mongoMatrixStore } from "./mongo-store";
import { postgresMatrixStore } from "./postgres-store";

/** Attempts are made side by side, each on a server of its own: while one waits for its engine, the other works. */
const lanesOfEach = 3;

describe("Kill matrix", function () {
  this.timeout(1_200_000);
  const table: MatrixRow[] = [];
  const servers: Record<string, string> = {};
  after("keep the table", () => keepTable("data-kill-matrix", table, servers));
  const keep = ({ kind, server }: MatrixStore, rows: readonly MatrixRow[]): void => {
    table.push(...rows);
    servers[kind] = server;
  };

  describe("on MongoDB", () => {
    const started: TestServer[] = [];
    before("start the servers", async function () {
      this.timeout(firstStart);
      // What has to be built first is built once; a server that was named is one.
      do started.push(await startServer());
      while (started.length < lanesOfEach && started[0]?.kind !== "mongod");
    });
    after("stop the servers", async () => {
      for (const server of started) await server.stop();
    });
    killed(() => started.map(mongoMatrixStore), keep);
  });

  describe("on PostgreSQL", () => {
    const started = Array.from({ length: lanesOfEach }, () => new TestPostgres());
    killed(() => started.map(postgresMatrixStore), keep);
  });
});
