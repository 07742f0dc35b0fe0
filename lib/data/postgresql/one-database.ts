import type { Client } from "pg";
import type { DumpStorage } from "../dump/storage";
import type { Migration } from "../migrations/migration";
import { stagingName } from "../names";
import type { Secrets } from "../secrets";
import type { Programs } from "./program";
import { name } from "./quoting";
import { type PostgresServer, row, rows } from "./server";

/** Names beside a database while its next version is made. */
export interface VersionNames {
  /** The dump, loaded and left as it is: users' later writes are carried into it. */
  readonly base: string;
  readonly next: string;
}

export function versionNames(database: string, token: number): VersionNames {
  return { base: stagingName(`${database}~`, token), next: stagingName(database, token) };
}

/** What making a next version works with, whichever database it is of. */
export interface Workshop {
  readonly server: PostgresServer;
  readonly programs: Programs;
  readonly secrets: Secrets;
  readonly jobs: number;
  /** The database that commands about databases are given in. */
  readonly at: string;
  /** Where the record leaves its dump. */
  readonly storage: DumpStorage;
  readonly mayGoOn: () => void;
}

/** Which database it is, and what its next version is made by. */
export interface Subject {
  readonly database: string;
  /** Whether the release owns no other. */
  readonly only: boolean;
  readonly token: number;
  readonly chain: readonly Migration[];
  /** Where its copies stand; by default where a release's do. */
  readonly names?: VersionNames;
}

/** One database of a release, with everything at hand that making its next version needs. */
export class OneDatabase {
  readonly names: VersionNames;
  readonly server: PostgresServer;
  readonly programs: Programs;
  readonly secrets: Secrets;
  readonly jobs: number;
  readonly at: string;
  readonly storage: DumpStorage;
  readonly mayGoOn: () => void;
  readonly database: string;
  readonly only: boolean;
  readonly chain: readonly Migration[];

  constructor(workshop: Workshop, { database, only, token, chain, names }: Subject) {
    ({
      server: this.server,
      programs: this.programs,
      secrets: this.secrets,
      jobs: this.jobs,
      at: this.at,
      storage: this.storage,
      mayGoOn: this.mayGoOn,
    } = workshop);
    this.database = database;
    this.only = only;
    this.chain = chain;
    this.names = names ?? versionNames(database, token);
  }

  /** Hash over all large objects, which tell of no writes by themselves; empty where there are none. */
  async largeObjects(client: Client): Promise<string> {
    const found = await row<{ hash: string | null }>(
      client,
      `SELECT count(*) || ' ' || sum(hashtextextended(oid::text || md5(lo_get(oid)), 0)) AS hash FROM pg_largeobject_metadata`,
    );
    return found?.hash ?? "";
  }

  /** Refreshes what is derived from tables, in the order in which it was made, and gives the planner its statistics. */
  async finishNext(refresh: boolean): Promise<void> {
    await this.server.with(this.names.next, async (client) => {
      const views = refresh
        ? await rows<{ schema: string; view: string; owner: string }>(
            client,
            `SELECT n.nspname AS schema, c.relname AS view, pg_get_userbyid(c.relowner) AS owner
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relkind = 'm' AND c.relispopulated ORDER BY c.oid`,
          )
        : [];
      for (const { schema, view } of views)
        await client.query(`REFRESH MATERIALIZED VIEW ${name(schema)}.${name(view)}`);
      await client.query("ANALYZE");
    });
  }
}
