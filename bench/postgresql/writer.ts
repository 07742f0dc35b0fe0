import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import type { BenchServer } from "./bench-server";

/** Milliseconds between two transactions. */
const every = 20;

/** An ordinary writer that does pgbench's own transaction on few accounts until it is refused. */
export class BenchWriter {
  #stopped = false;
  readonly #ended: Promise<number>;

  constructor(private readonly server: BenchServer) {
    this.#ended = this.#write();
  }

  /** How many transactions were acknowledged. */
  async stop(): Promise<number> {
    this.#stopped = true;
    return this.#ended;
  }

  async #write(): Promise<number> {
    const client = new Client({ connectionString: this.server.uri("runtime") });
    client.on("error", () => undefined);
    await client.connect();
    let written = 0;
    try {
      while (!this.#stopped) {
        const account = 1 + ((written * 7919) % 1_000);
        await client.query(
          `BEGIN;
           UPDATE pgbench_accounts SET abalance = abalance + 1 WHERE aid = ${account};
           UPDATE pgbench_branches SET bbalance = bbalance + 1 WHERE bid = ${1 + (account % 40)};
           INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (1, 1, ${account}, 1, now());
           COMMIT`,
        );
        written += 1;
        await sleep(every);
      }
    } catch {
      // Writes are closed: whoever is connected is sent away.
    } finally {
      await client.end().catch(() => undefined);
    }
    return written;
  }
}
