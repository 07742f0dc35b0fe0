import { mkdir } from "node:fs/promises";
import { MongoClient, type Db, type Document } from "mongodb";
import { writePrivate } from "../private-file";
import type { Start } from "../start-cluster";

/** The one member's replica set: without one the server has no user write block. */
const replicaSet = "slipway";

/** Codes of mongod's answers. */
const authenticationFailed = 18;

/**
 * Starts the machine's `mongod` with access control, as a replica set of one member, and makes the users that the stand-in has:
 * `slipway` (the release's own), `runtime` (an ordinary writer by a role of its own) and `reader`.
 */
export async function startMongod(start: Start, program: string, listen: readonly string[]): Promise<void> {
  const { layout, settings, processes, signal } = start;
  const port = settings.ports.mongo;
  const data = layout.at("mongod");
  await mkdir(data, { recursive: true, mode: 0o700 });
  await writePrivate(layout.at("mongod.key"), settings.mongo.admin);
  await processes.start({
    name: "mongo",
    command: program,
    args: [
      `--dbpath=${data}`,
      `--port=${port}`,
      `--bind_ip=${listen.map((address) => address.split(":")[0]).join(",")}`,
      `--replSet=${replicaSet}`,
      `--keyFile=${layout.at("mongod.key")}`,
      "--nounixsocket",
      "--wiredTigerCacheSizeGB=0.5",
    ],
  });
  const address = `127.0.0.1:${port}`;
  const { admin: password } = settings.mongo;
  await processes.ready("mongo", () => withAdmin(address, undefined, async (db) => isUp(db)), signal);
  await withAdmin(address, undefined, async (db) => {
    const hello = await db.command({ hello: 1 });
    if (hello["setName"] === undefined && hello["isreplicaset"] === true) {
      await db.command({ replSetInitiate: { _id: replicaSet, members: [{ _id: 0, host: address }] } });
    }
  }).catch(ignoreWhatIsDone);
  await withAdmin(address, password, (db) => adoptPort(db, address)).catch(ignoreWhatIsDone);
  await processes.ready("mongo", () => withAdmin(address, undefined, isPrimary), signal);
  await withAdmin(address, password, (db) => isUp(db)).catch(async (error: unknown) => {
    ignoreWhatIsDone(error);
    // Only as long as there is no user does the server let its own machine make one without logging in.
    await withAdmin(address, undefined, (db) =>
      db.command({ createUser: "admin", pwd: password, roles: ["root"] }),
    );
  });
  await withAdmin(address, password, (db) => makeUsers(db, settings.mongo));
}

async function withAdmin<T>(
  address: string,
  password: string | undefined,
  work: (db: Db) => Promise<T>,
): Promise<T> {
  const login = password === undefined ? "" : `admin:${password}@`;
  const client = new MongoClient(`mongodb://${login}${address}/?authSource=admin&directConnection=true`, {
    serverSelectionTimeoutMS: 2000,
  });
  try {
    return await work(client.db("admin"));
  } finally {
    await client.close();
  }
}

async function isUp(db: Db): Promise<boolean> {
  return (await db.command({ ping: 1 }))["ok"] === 1;
}

async function isPrimary(db: Db): Promise<boolean> {
  return (await db.command({ hello: 1 }))["isWritablePrimary"] === true;
}

/** A port that was chosen anew is not the one in the replica set's configuration; then the member no longer knows itself. */
async function adoptPort(db: Db, address: string): Promise<void> {
  const { config } = (await db.command({ replSetGetConfig: 1 })) as unknown as {
    config: { version: number; members: { host: string }[] } & Document;
  };
  const [member] = config.members;
  if (member === undefined || member.host === address) return;
  await db.command({
    replSetReconfig: { ...config, version: config.version + 1, members: [{ ...member, host: address }] },
    force: true,
  });
}

async function makeUsers(db: Db, passwords: Start["settings"]["mongo"]): Promise<void> {
  const any = { db: "", collection: "" };
  const read = ["collStats", "dbStats", "find", "killCursors", "listCollections", "listIndexes"];
  const write = [
    "createCollection",
    "createIndex",
    "dropCollection",
    "dropIndex",
    "insert",
    "remove",
    "update",
  ];
  const cluster = ["setUserWriteBlockMode", "bypassWriteBlockingMode"];
  const roles: Record<string, { privileges: Document[]; roles: string[] }> = {
    slipway_release: { privileges: [{ resource: { cluster: true }, actions: cluster }], roles: ["root"] },
    nmdc_runtime: { privileges: [{ resource: any, actions: [...read, ...write] }], roles: [] },
    nmdc_reader: { privileges: [{ resource: any, actions: read }], roles: [] },
  };
  for (const [role, { privileges, roles: inherited }] of Object.entries(roles)) {
    const { roles: found } = (await db.command({ rolesInfo: role })) as { roles?: Document[] };
    if ((found ?? []).length === 0) await db.command({ createRole: role, privileges, roles: inherited });
  }
  const users = { slipway: "slipway_release", runtime: "nmdc_runtime", reader: "nmdc_reader" } as const;
  for (const [user, role] of Object.entries(users)) {
    const { users: found } = (await db.command({ usersInfo: user })) as { users?: Document[] };
    if ((found ?? []).length > 0) continue;
    await db.command({ createUser: user, pwd: passwords[user as keyof typeof users], roles: [role] });
  }
}

function ignoreWhatIsDone(error: unknown): void {
  const { code, codeName } = error as { code?: number; codeName?: string };
  const expected = ["Unauthorized", "AlreadyInitialized"];
  if (code !== authenticationFailed && !expected.includes(codeName ?? "")) throw error;
}
