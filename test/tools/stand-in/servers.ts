import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MongoClient, MongoServerError } from "mongodb";
import { StandIn, type StartOptions } from "../../../tools/stand-in/launch";
import { provideStandIn } from "../../../tools/stand-in/recipe";
import type { StandInUser } from "../../../tools/stand-in/users";

/** Building the server takes longer than a test may. */
export const buildTime = 300_000;

/** Servers, clients and folders of one suite, all gone after it. */
export class Servers {
  private readonly servers: StandIn[] = [];
  private readonly clients: MongoClient[] = [];
  private readonly folders: string[] = [];

  async start(options: Omit<StartOptions, "folder"> = {}): Promise<StandIn> {
    const server = await StandIn.start({ folder: await provideStandIn({}), databases: ["nmdc"], ...options });
    this.servers.push(server);
    return server;
  }

  async folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "stand-in-test-"));
    this.folders.push(folder);
    return folder;
  }

  async connect(server: StandIn, user: StandInUser): Promise<MongoClient> {
    return this.client(server.uri(user, "nmdc"));
  }

  async client(uri: string): Promise<MongoClient> {
    const client = await MongoClient.connect(uri);
    this.clients.push(client);
    return client;
  }

  async end(): Promise<void> {
    for (const client of this.clients) await client.close();
    for (const server of this.servers) await server.stop();
    for (const folder of this.folders) await rm(folder, { recursive: true, force: true });
  }
}

/** The server's code for what it refuses. */
export async function codeOf(work: Promise<unknown>): Promise<number | string | undefined> {
  try {
    await work;
    return "no error";
  } catch (error) {
    return error instanceof MongoServerError ? error.code : String(error);
  }
}
