import type { Document, MongoClient } from "mongodb";
import { Refusal } from "../../problem";
import { code, hasCode } from "../store/store";
import type { Fence, Probe } from "./fence";
import { ownPrivileges } from "./own-access";

/** The last to see a block that somebody else has set. */
const needed = ["setUserWriteBlockMode", "bypassWriteBlockingMode", "serverStatus"];
/** What the server calls the block's state: 1 is off, 2 is on. */
const blocked = 2;
const firstVersion = 6;

/** `setUserWriteBlockMode`: the whole server refuses writes of everybody without `bypassWriteBlockingMode`. */
export class WriteBlockFence implements Fence {
  readonly how = "writeBlock";

  constructor(
    private readonly client: MongoClient,
    /** The server's version. Example: `8.0.4`. */
    private readonly version: string,
  ) {}

  async probe(): Promise<Probe> {
    // The server is asked for its state and our rights: to try the command itself would be a write (rule X2).
    if (Number(this.version.split(".")[0]) < firstVersion) {
      return {
        works: false,
        reason: `MongoDB ${this.version}, which has no user write block; it came with 6.0`,
      };
    }
    const privileges = await ownPrivileges(this.client);
    const missing =
      privileges && needed.filter((action) => !privileges.some(({ actions }) => actions.includes(action)));
    if (missing && missing.length > 0) {
      return { works: false, reason: `the release's user may not ${missing.join(" and ")}` };
    }
    if ((await this.#mode()) === blocked) {
      return {
        works: false,
        reason: "somebody else's user write block, which is not ours to lift or to rely on",
      };
    }
    return { works: true, saved: { mode: "off" } };
  }

  async close(): Promise<void> {
    await this.#set(true);
  }

  async open(): Promise<void> {
    await this.#set(false);
  }

  /** Undefined where we may not ask. */
  async #mode(): Promise<unknown> {
    const status: Document = await this.client
      .db("admin")
      .command({ serverStatus: 1, repl: 1 })
      .catch((): Document => ({}));
    return (status["repl"] as Document | undefined)?.["userWriteBlockMode"];
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
