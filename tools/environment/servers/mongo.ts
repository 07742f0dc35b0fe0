import { mkdir } from "node:fs/promises";
import { MongoClient } from "mongodb";
import type { EmbeddedEnvironment } from "../../../lib/config/embedded";
import { standInCommand } from "../../stand-in/plan";
import { accessFile, userUri } from "../../stand-in/users";
import { writePrivate } from "../private-file";
import { addressesOf } from "../settings";
import type { Start } from "../start-cluster";
import { startMongod } from "./mongod";

/**
 * Starts the database server with its users: on loopback, and for a real node also on its bridge, which nobody but this machine and
 * its pods reaches.
 */
export async function startMongo(
  start: Start,
  node: EmbeddedEnvironment["node"],
): Promise<EmbeddedEnvironment["mongo"]> {
  const { settings, tools } = start;
  const port = settings.ports.mongo;
  const own = `127.0.0.1:${port}`;
  const forPods = node === "real" ? `${addressesOf(settings).gateway}:${port}` : own;
  const listen = [...new Set([own, forPods])];
  if (tools.mongo.kind === "mongod") await startMongod(start, tools.mongo.program, listen);
  else await startStandIn(start, tools.mongo.folder, listen);
  const { slipway, runtime } = settings.mongo;
  // A replica set's member tells clients its own address, which is not the pods': they are to use the one they know.
  const direct = tools.mongo.kind === "mongod" ? "&directConnection=true" : "";
  return {
    server: tools.mongo.kind,
    uri: `${userUri(own, "slipway", slipway)}${direct}`,
    userUri: `${userUri(own, "runtime", runtime)}${direct}`,
    podUri: `${userUri(forPods, "runtime", runtime)}${direct}`,
    podReleaseUri: `${userUri(forPods, "slipway", slipway)}${direct}`,
  };
}

async function startStandIn(start: Start, folder: string, listen: readonly string[]): Promise<void> {
  const { layout, settings, processes, signal } = start;
  const [access, data] = [layout.at("mongo-access.json"), layout.at("mongo")];
  await writePrivate(access, accessFile(settings.mongo));
  await mkdir(data, { recursive: true, mode: 0o700 });
  await processes.start({ name: "mongo", ...standInCommand({ folder, access, data, listen }) });
  const uri = userUri(`127.0.0.1:${settings.ports.mongo}`, "slipway", settings.mongo.slipway);
  await processes.ready("mongo", () => mongoAnswers(uri), signal);
}

/** Whether the server takes this user. */
export async function mongoAnswers(uri: string): Promise<boolean> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 1000, connectTimeoutMS: 1000 });
  try {
    await client.db("admin").command({ ping: 1 });
    return true;
  } finally {
    await client.close();
  }
}
