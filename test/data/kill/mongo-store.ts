import type { Document } from "mongodb";
import type { MongoStoreSpec, ReleaseSpec } from "../../../lib/data/protocol";
import { besideNames, contentOf, fill, specFor } from "../engine-run";
import { data, processor } from "../plain-data";
import { type TestServer, withClient } from "../server";
import { type MatrixStore, onOneMachine } from "./matrix-store";

const expireAfterSeconds = 3600;

/** MongoDB under the kill matrix: the unit of a swap is a collection. */
export function mongoMatrixStore(server: TestServer): MatrixStore {
  return {
    kind: "MongoDB",
    server:
      "the stand-in, which keeps what it acknowledged over a SIGKILL, as `mongod` does with its journal",
    processor,
    leastInstants: 20,
    environment: {},
    ...onOneMachine,
    async fill(database) {
      await fill(server.uri, database, data);
      await withClient(server.uri, (client) =>
        client.db(database).collection("studies").createIndex({ seen: 1 }, { expireAfterSeconds }),
      );
      return specFor(server, database);
    },
    // A few documents are there sooner than a server that is started again.
    again: (make) => {
      let spec: ReleaseSpec | undefined;
      return Promise.resolve(async () => {
        if (spec) await drop(server, databaseOf(spec));
        return (spec = await make());
      });
    },
    contentOf: (spec) => contentOf(server.uri, databaseOf(spec)),
    async leftBeside(spec) {
      const names = await besideNames(server.uri, databaseOf(spec));
      return names.filter((name) => name.includes("__new_"));
    },
    mayWrite: (spec) => mayWrite(server, databaseOf(spec)),
    spoilt: async (spec) =>
      (await expiresAsBefore(server, databaseOf(spec))) ? undefined : "nothing expires any more",
    restartServer: server.kind === "mongod" ? undefined : () => server.restart(),
  };
}

/** Whether an ordinary writer may write. */
export function mayWrite(server: TestServer, database: string): Promise<boolean> {
  return withClient(server.writerUri, (client) =>
    client
      .db(database)
      .collection<{ _id: string }>("_slipway_canary")
      .updateOne({ _id: "probe" }, { $set: { seen: true } }, { upsert: true })
      .then(
        () => true,
        () => false,
      ),
  );
}

/** Whether documents expire as they did before the release. */
function expiresAsBefore(server: TestServer, database: string): Promise<boolean> {
  return withClient(server.uri, async (client) => {
    const studies = client.db(database).collection("studies");
    const indexes: readonly Document[] = await studies.listIndexes().toArray();
    return indexes.some((index) => index["expireAfterSeconds"] === expireAfterSeconds);
  });
}

function drop(server: TestServer, database: string): Promise<unknown> {
  return withClient(server.uri, (client) => client.db(database).dropDatabase());
}

function databaseOf({ store }: ReleaseSpec): MongoStoreSpec["database"] {
  if (store.kind !== "mongodb") throw new Error(`a ${store.kind} store`);
  return store.database;
}
