import { embedded } from "../../embedded";
import { startServer, type TestServer } from "../server";
import { SpreadPlace } from "../spread/place";
import { killed } from "./killed";
import { isKept, keepTable, type MatrixRow } from "./matrix-table";
import { podsMatrixStore } from "./pods-store";

/** Pods take a core each while they start, and an attempt waits for several of them. */
const lanes = 2;

/**
 * What pods have a hand in; all else is the very code that the whole matrix kills in one process. All of it is tried when the table is
 * kept.
 */
const part = {
  scenarios: ["confirmed"],
  instants: { engine: /^(workers at|after workers)/, server: /^workers at/ },
} as const;

describe("Kill matrix of a release by pods", function () {
  // All instants of a scenario are a dozen times those of the part.
  this.timeout(isKept() ? 7_200_000 : 1_200_000);
  const table: MatrixRow[] = [];
  const servers: TestServer[] = [];
  let place: SpreadPlace;

  before("start the servers where pods reach them", async function () {
    const environment = await embedded();
    if (environment.node === "played") {
      console.log("      skipped: workers are pods, and this machine has no real node");
      this.skip();
    }
    if (process.env["SLIPWAY_TEST_MONGO_URI"] !== undefined) {
      console.log(
        "      skipped: a server that was named is known by an address of this machine, and pods are others",
      );
      this.skip();
    }
    place = await SpreadPlace.make(environment, "kill-matrix");
    while (servers.length < lanes) servers.push(await startServer({}, place.host));
  });
  after("stop the servers", async () => {
    for (const server of servers) await server.stop();
  });
  after("keep the table", () =>
    keepTable("scale-kill-matrix", table, {
      "MongoDB by pods": "the stand-in; pods of the embedded node do the work on documents",
    }),
  );

  killed(
    () => servers.map((server, lane) => podsMatrixStore(server, place, lane)),
    (_, rows) => table.push(...rows),
    part,
  );
});
