import type { MongoClient } from "mongodb";
import { Refusal } from "../../problem";
import { code, hasCode } from "../store/store";
import type { Fence, Probe } from "./fence";

/** `setUserWriteBlockMode`: the whole cluster refuses writes of everybody without `bypassWriteBlockingMode`. */
export class WriteBlockFence implements Fence {
  readonly how = "writeBlock";

  constructor(private readonly client: MongoClient) {}

  async probe(): Promise<Probe> {
    // The server is asked for its state: to try the command itself would be a write (rule X2).
    const status = await this.client
      .db("admin")
      .command({ serverStatus: 1, repl: 1 })
      .catch(() => undefined);
    const mode: unknown = (status?.["repl"] as Record<string, unknown> | undefined)?.["userWriteBlockMode"];
    if (mode === undefined)
      return { works: false, reason: "the server has no user write block (MongoDB 6.0 or newer)" };
    if (mode === 2)
      return { works: false, reason: "somebody else has set the user write block; it is not ours to lift" };
    return { works: true, saved: { mode: 1 } };
  }

  async close(): Promise<void> {
    await this.#set(true);
  }

  async open(): Promise<void> {
    await this.#set(false);
  }

  async #set(global: boolean): Promise<void> {
    try {
      await this.client.db("admin").command({ setUserWriteBlockMode: 1, global });
    } catch (error) {
      throw new Refusal("write block", [
        {
          where: "setUserWriteBlockMode",
          found: hasCode(error, code.unauthorized)
            ? "the release's user is not allowed to use it"
            : error instanceof Error
              ? error.message
              : String(error),
          allowed:
            "a user with setUserWriteBlockMode and bypassWriteBlockingMode, and no block of somebody else",
          mend: "docs/mongodb-user.md shows the roles; or set data.store.closeWrites to roles or scale",
        },
      ]);
    }
  }
}
