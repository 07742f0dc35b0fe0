import type { V1Pod } from "@kubernetes/client-node";
import { processor } from "../../../lib/data/conductor/processor";
import { fill } from "../engine-run";
import type { TestServer } from "../server";
import { ownMigrations } from "../spread/catalogue";
import type { SpreadPlace } from "../spread/place";
import type { MatrixStore } from "./matrix-store";
import { mongoMatrixStore } from "./mongo-store";

/** What the matrix's plain data become by the real engine, as its own plain processor has it: studies and sites change. */
const body = `{ collections: { studies: (one) => ({ ...one, version: 2 }), sites: (one) => ({ ...one, version: 2 }) } }`;

/** More than the coordinator would dump and read back by itself. */
const moreStudies = Array.from({ length: 500 }, (_, n) => ({
  _id: `more-${n}`,
  name: "s".repeat(1500) + String(n),
}));

/**
 * MongoDB under the kill matrix, with the work on documents in pods of the embedded node. The dump lies on the volume that they share,
 * which stays when the coordinator's machine is gone.
 * @param server one that pods reach by the address that this process knows.
 * @param lane tells this store's Jobs and dumps from those of others.
 */
export function podsMatrixStore(server: TestServer, place: SpreadPlace, lane: number): MatrixStore {
  const mongo = mongoMatrixStore(server);
  const before = ["studies", "sites", "samples"];
  const environment = `lane-${lane}`;
  const migrations = ownMigrations("plain", { before, made: [], body });
  const jobs = async (): Promise<readonly string[]> =>
    (await place.left()).filter((name) => name.startsWith(`slipway-${environment}-`));
  const isBegun = ({ metadata, status }: V1Pod): boolean =>
    metadata?.labels?.["slipway.dev/environment"] === environment && status?.phase !== "Pending";
  return {
    ...mongo,
    kind: "MongoDB by pods",
    processor,
    leastInstants: 26,
    environment: { KILL_STORE: "pods" },
    async fill(database) {
      const spec = await mongo.fill(database);
      await fill(server.uri, database, { studies: moreStudies });
      return { ...spec, environment, migrations };
    },
    placed: (spec) => ({
      ...spec,
      cluster: place.cluster,
      execution: place.execution({ uri: { kind: "value", value: server.uri } }),
      dump: { keep: place.folder },
    }),
    elsewhere: (spec) => spec,
    leftBeside: async (spec) => [...(await mongo.leftBeside(spec)), ...(await jobs())],
    async restartServer() {
      // Where pods were asked for one of them is at work, or was, when the server dies.
      if ((await jobs()).length > 0) await place.podWhere(isBegun);
      await server.restart();
    },
  };
}
