import type { PreparedProcess, ProcessNeeds } from "../conductor/context";
import type { Rest, Work } from "../conductor/data-store";
import { scan } from "./stage-next";
import { recordStorage } from "../conductor/record-storage";
import type { ProcessReport } from "../migrations";
import { estimateDocuments, listAll, userCollections } from "./catalog";
import { MongoSource } from "./mongo-source";
import type { Store } from "./store";

/** The collections that do not come back on a way back, judged by the schema that does. */
export class RestOfCollections implements Rest {
  /** Content that was judged, by collection. */
  readonly #judged = new Map<string, string>();

  constructor(
    private readonly store: Store,
    private readonly process: PreparedProcess & { readonly needs: ProcessNeeds },
    private readonly comesBack: ReadonlySet<string>,
  ) {}

  async judge({ context, log, mayGoOn }: Work): Promise<ProcessReport | undefined> {
    const names = await this.#changed(mayGoOn);
    if (names.length === 0) return undefined;
    const source = new MongoSource(this.store.db);
    const total = await estimateDocuments(this.store.db, names);
    const report = await this.process.run({
      ...this.process.needs,
      source: { collections: () => Promise.resolve(names), read: (collection) => source.read(collection) },
      reports: recordStorage(context, log),
      progress: (done) => {
        mayGoOn();
        context.reporter.progress(done, total, "documents");
      },
    });
    for (const { collection, hashAfter } of report.collections) this.#judged.set(collection, hashAfter);
    return report;
  }

  /** What stays, as far as it is not what was judged already. */
  async #changed(mayGoOn: () => void): Promise<readonly string[]> {
    const all = userCollections(await listAll(this.store.db)).map(({ name }) => name);
    const names = all.filter((name) => !this.comesBack.has(name));
    if (this.#judged.size === 0) return names;
    const changed: string[] = [];
    for (const name of names) {
      const now = await scan({ store: this.store }, name, name, mayGoOn);
      if (this.#judged.get(name) !== now.toString()) changed.push(name);
    }
    return changed;
  }
}
