import type { Json } from "../../content-hash";
import type { Difference, KnownVersion, ReleasedVersion } from "../conductor/data-store";
import type { SwapIntent } from "../journal/record-state";
import type { CollectionChange } from "../protocol";
import { isOf, type Mark, markOf, since, type Written } from "./mark";
import type { PostgresServer } from "./server";
import { sideBySide } from "./side-by-side";
import { inSnapshot } from "./snapshot";
import { contentOf } from "./table-hash";
import { plain, type Table, tablesOf } from "./tables";

/** What `witness` leaves in the journal: marks of new versions and of originals, by database. */
interface Witness {
  readonly live: Readonly<Record<string, Mark>>;
  readonly retained: Readonly<Record<string, Mark>>;
}

/** A mark that a version is compared with. */
interface KnownMark {
  readonly mark: Mark;
  /** Where not, every table is looked at. */
  readonly trustCounters: boolean;
}

/** Tells whether databases are still what is on record: by marks where there are any, else by reading all of them. */
export class Comparison {
  readonly #known = new Map<string, KnownMark>();
  readonly #written = new Map<string, Written>();

  constructor(
    private readonly server: PostgresServer,
    private readonly jobs: number,
  ) {}

  remember(closed: ReadonlyMap<string, Mark>): void {
    for (const [database, mark] of closed) this.#known.set(database, { mark, trustCounters: false });
  }

  async witness({ moves, collections }: SwapIntent): Promise<Json> {
    const live: Record<string, Mark> = {};
    const retained: Record<string, Mark> = {};
    for (const { collection: database, action, retained: original } of moves) {
      const changes = collections.filter((change) => change.database === database);
      if (action !== "remove") live[database] = await this.#mark(database, changes, "after");
      if (original !== undefined) retained[database] = await this.#mark(original, changes, "before");
    }
    return { live, retained } as unknown as Json;
  }

  async differences(
    { thing, actual, side, changes, depth, witness }: KnownVersion,
    mayGoOn: () => void,
  ): Promise<readonly Difference[]> {
    // The rename itself has looked whether it is the database that was verified.
    if (depth === "count") return [];
    const told = witness as Witness | null | undefined;
    const mark = side === "before" ? told?.retained[thing] : told?.live[thing];
    const marked = mark ? { mark, trustCounters: true } : this.#known.get(thing);
    // What stands now steps aside next, and is looked at again then.
    if (marked && side === "after") this.#known.set(thing, marked);
    const suspects = marked
      ? await this.#suspects(thing, actual, marked)
      : await this.server.with(actual, tablesOf);
    const found = await sideBySide(
      { server: this.server, database: actual, jobs: this.jobs },
      suspects,
      async (session, table) => {
        mayGoOn();
        const { rows, hash } = await contentOf(session, table);
        return { collection: `${thing}.${plain(table)}`, rows, hash };
      },
    );
    const differing = found
      .filter(({ collection, hash }) => {
        const change = changes.find((one) => one.collection === collection);
        return hash !== (side === "before" ? change?.hashBefore : change?.hashAfter);
      })
      .map(({ collection, rows, hash }) => ({ collection, documents: rows, hash }));
    return [...differing, ...(await this.#missing(thing, actual, side, changes))];
  }

  /** What users did to a table, for people: by the server's own counters where they are whole. */
  tell({ collection, documents }: Difference, { change }: ReleasedVersion): string {
    const written = this.#written.get(collection);
    if (written?.counted) {
      const [added, changed, removed] = written.counted;
      return `${added} rows added, ${changed} changed, ${removed} removed`;
    }
    const newer = written ? `, ${written.newer.rows} of them written since` : "";
    return `${change.documentsAfter} rows then, ${documents} now${newer}`;
  }

  async #mark(actual: string, changes: readonly CollectionChange[], side: "before" | "after"): Promise<Mark> {
    const counts = changes.map(({ collection, database, documentsBefore, documentsAfter }) => {
      const table = collection.slice((database ?? "").length + 1);
      return [table, side === "before" ? documentsBefore : documentsAfter] as const;
    });
    return this.server.with(actual, (client) => markOf(client, new Map(counts)));
  }

  async #suspects(
    thing: string,
    actual: string,
    { mark, trustCounters }: KnownMark,
  ): Promise<readonly Table[]> {
    const sessions = { server: this.server, database: actual, jobs: this.jobs };
    return inSnapshot(this.server, actual, async (now) => {
      const { client } = now;
      if (!(await isOf(client, mark))) return tablesOf(client);
      const { written, reshaped } = await since(sessions, now, mark, trustCounters);
      for (const one of written) this.#written.set(`${thing}.${plain(one.table)}`, one);
      const names = new Set([...written.map(({ table }) => plain(table)), ...reshaped]);
      return (await tablesOf(client)).filter((table) => names.has(plain(table)));
    });
  }

  /** Tables that are on record and gone. */
  async #missing(
    thing: string,
    actual: string,
    side: "before" | "after",
    changes: readonly CollectionChange[],
  ): Promise<readonly Difference[]> {
    const there = new Set(
      (await this.server.with(actual, tablesOf)).map((table) => `${thing}.${plain(table)}`),
    );
    return changes
      .filter(({ collection, hashBefore, hashAfter }) => {
        return (side === "before" ? hashBefore : hashAfter) !== "" && !there.has(collection);
      })
      .map(({ collection }) => ({ collection, documents: 0, hash: "" }));
  }
}
