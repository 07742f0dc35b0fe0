import { changedSince, finishDump, liveNow } from "./closed-time";
import type { Context, PreparedProcess, ProcessNeeds } from "../conductor/context";
import type { Pass, Rest, Staged, Work } from "../conductor/data-store";
import { stageNextVersion, type StagedCollections } from "./stage-next";
import { stageAgain } from "./stage-again";
import { expiringIndexes, pauseExpiry } from "../fence/expiry";
import type { RecordLog } from "../journal/record-log";
import type { RecordState } from "../journal/record-state";
import type { DataPlan } from "../preview/data-plan";
import { type CollectionInfo, listAll } from "./catalog";
import type { MongoContext } from "./mongo-context";
import { previewPass } from "./mongo-preview";
import { RestOfCollections } from "./mongo-rest";
import { refuseOrphanedViews, takenAway } from "./orphaned-views";
import type { Store } from "./store";

/** One pass over a MongoDB database: collections that a migration changes are loaded beside the live ones. */
export class MongoPass implements Pass {
  constructor(
    private readonly store: Store,
    private readonly process: PreparedProcess & { readonly needs: ProcessNeeds },
  ) {}

  get schemas(): Pass["schemas"] {
    return this.process.schemas;
  }

  async stage({ context, log, mayGoOn }: Work): Promise<Staged> {
    const own = this.#own(context);
    const collections = await stageNextVersion(own, log, await liveNow(own), mayGoOn);
    refuseOrphanedViews(await listAll(this.store.db), takenAway(collections.report));
    return new StagedVersion(collections, this.#own.bind(this));
  }

  rest(comesBack: ReadonlySet<string>): Rest {
    return new RestOfCollections(this.store, this.process, comesBack);
  }

  preview(context: Context, last: RecordState | undefined): Promise<Partial<DataPlan>> {
    return previewPass(this.#own(context), last);
  }

  #own(context: Context): MongoContext {
    return { ...context, store: this.store, process: this.process };
  }
}

class StagedVersion implements Staged {
  constructor(
    private readonly staged: StagedCollections,
    private readonly own: (context: Context) => MongoContext,
  ) {}

  get report(): Staged["report"] {
    return this.staged.report;
  }

  async settle({ context, log, mayGoOn }: Work): Promise<Staged> {
    const own = this.own(context);
    const live = await liveNow(own);
    await this.#pauseExpiry(log, own, live);
    const changed = await changedSince(own, log, { staged: this.staged, live }, mayGoOn);
    const { staged } = this;
    const settled =
      changed.length === 0 ? staged : await stageAgain(own, log, { staged, live, changed }, mayGoOn);
    // Somebody may have made one since the rehearsal.
    refuseOrphanedViews(await listAll(own.store.db), takenAway(settled.report));
    await finishDump(own, log, settled, live);
    return new StagedVersion(settled, this.own);
  }

  async #pauseExpiry(
    log: RecordLog,
    { store }: MongoContext,
    live: readonly CollectionInfo[],
  ): Promise<void> {
    const names = live.map(({ name }) => name);
    const indexes = await expiringIndexes(store.db, names);
    const returning = this.report.renamed.flatMap(({ from, to }) =>
      indexes.filter(({ collection }) => collection === from).map((index) => ({ ...index, collection: to })),
    );
    await pauseExpiry(store.db, log, { indexes, returning });
  }
}
