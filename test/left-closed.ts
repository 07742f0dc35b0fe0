import { MongoClient } from "mongodb";
import type { EmbeddedEnvironment } from "../lib/config/embedded";

/** What the server calls the state of a user write block that is on. */
const blocked = 2;

/**
 * A test that fails in the middle of a release may leave writes closed on the server that all share. They are opened, so that the
 * tests after the next one say what they have to say.
 * @throws Error when writes were closed: what ran before has a fault, whether it failed or not.
 */
export async function refuseClosedWrites({ mongo }: EmbeddedEnvironment): Promise<void> {
  const client = await MongoClient.connect(mongo.uri);
  try {
    const { repl } = (await client.db("admin").command({ serverStatus: 1, repl: 1 })) as {
      readonly repl?: { readonly userWriteBlockMode?: number };
    };
    if (repl?.userWriteBlockMode !== blocked) return;
    await client.db("admin").command({ setUserWriteBlockMode: 1, global: false });
    throw new Error("an earlier test left writes closed on the server that all share; they are open again");
  } finally {
    await client.close();
  }
}
