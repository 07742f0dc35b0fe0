import { MongoClient, type Db } from "mongodb";
import { isUserCollection } from "../../lib/data/names";
import { blockInserter } from "../../lib/data/store/raw-insert";
import { StandIn } from "../../tools/stand-in/launch";
import { provideStandIn } from "../../tools/stand-in/recipe";
import { GeneratedSet } from "../../tools/dataset/generate";

/** A server in memory with NMDC-shaped documents, for one bench. */
export class BenchDatabase {
  private constructor(
    readonly server: StandIn,
    readonly client: MongoClient,
    readonly name: string,
  ) {}

  get db(): Db {
    return this.client.db(this.name);
  }

  /** @param listen addresses; a free port of loopback where absent. */
  static async start(documents: number, listen?: readonly string[]): Promise<BenchDatabase> {
    const heapMiB = Math.max(3072, Math.ceil(documents / 140));
    const folder = await provideStandIn({});
    const server = await StandIn.start({ folder, heapMiB, ...(listen && { listen }) });
    const client = await MongoClient.connect(server.uri("slipway"));
    const made = new BenchDatabase(server, client, "nmdc");
    await made.#fill(documents);
    return made;
  }

  /** Documents and bytes of all collections. */
  async size(): Promise<{ readonly documents: number; readonly bytes: number }> {
    const { objects, dataSize } = await this.db.stats();
    return { documents: Number(objects), bytes: Number(dataSize) };
  }

  /** Collections of the system, and what releases left beside them. */
  async names(): Promise<{ readonly theirs: readonly string[]; readonly beside: readonly string[] }> {
    const all = (await this.db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
    return { theirs: all.filter(isUserCollection), beside: all.filter((name) => !isUserCollection(name)) };
  }

  /** Takes away whatever releases left, so that the next one is the first. */
  async forgetReleases(): Promise<void> {
    for (const name of (await this.names()).beside) await this.db.collection(name).drop();
  }

  async stop(): Promise<void> {
    await this.client.close();
    await this.server.stop();
  }

  async #fill(documents: number): Promise<void> {
    const set = new GeneratedSet(documents);
    const insert = blockInserter();
    for (const collection of await set.collections()) {
      for await (const block of set.read(collection)) await insert(this.db, collection, block);
    }
  }
}
