import { recordStorage } from "../conductor/record-storage";
import { refuseInvalid } from "../conductor/refuse-invalid";
import type { Context, ProcessNeeds } from "../conductor/context";
import type { Pass, Staged, Work } from "../conductor/data-store";
import { contentHash } from "../../content-hash";
import { manifestFile } from "../dump/manifest";
import { putText } from "../dump/storage";
import { type RecordState, stepName } from "../journal/record-state";
import type { Migration } from "../migrations";
import type { DataPlan } from "../preview/data-plan";
import type { PostgresStoreSpec } from "../protocol";
import { adopt } from "./adopt";
import { withoutLocks } from "./locks";
import type { Mark } from "./mark";
import { type OneDatabase, versionNames } from "./one-database";
import type { PostgresDataStore } from "./postgres-data-store";
import { previewPass } from "./preview";
import { Programs } from "./program";
import { rehearse, type Rehearsed } from "./rehearsal";
import { reportOf } from "./report";
import { dumpedDatabase, settle, type Settled } from "./settle";

/** One pass over a release's databases: those that a step concerns are copied, and the copies migrated. */
export class PostgresPass implements Pass {
  readonly schemas: Pass["schemas"];

  constructor(
    private readonly store: PostgresDataStore,
    private readonly spec: PostgresStoreSpec,
    private readonly needs: ProcessNeeds,
    /** The step that led to the release's schema, whose checks say what must hold; none in an empty list. */
    private readonly last: Migration | undefined,
  ) {
    this.schemas = { after: contentHash({ ...needs.schema, checks: last?.hash ?? "" }) };
  }

  async stage(work: Work): Promise<Staged> {
    const { context, log } = work;
    const storage = recordStorage(context, log);
    if (this.needs.before === undefined) {
      const report = await log.step(stepName.stage, { databases: this.spec.databases }, () =>
        adopt(this.store, this.spec, this.last, this.#ones(work, this.spec.databases), storage),
      );
      refuseInvalid(report);
      return { report, settle: () => Promise.reject(new Error("what was adopted is settled")) };
    }
    const ones = this.#ones(work, this.concerned);
    return log.step(stepName.stage, { databases: ones.map(({ database }) => database) }, async () => {
      const versions = new Map<string, Rehearsed>();
      for (const one of ones) {
        const version = await withoutLocks(this.store.server, one.database, () => rehearse(one, true));
        versions.set(one.database, version);
      }
      return this.#staged(work, ones, versions);
    });
  }

  preview(context: Context, last: RecordState | undefined): Promise<Partial<DataPlan>> {
    return previewPass(context, this.store, this.spec, this.needs, this.concerned, last);
  }

  /** The databases that some step is about; the others stay as they are. */
  get concerned(): readonly string[] {
    const { databases } = this.spec;
    return databases.filter((database) =>
      this.needs.chain.some(({ step }) => {
        if (step.kind !== "sql" && step.kind !== "command") return false;
        const named = [
          ...step.databases.map((own) => own.database),
          ...(step.kind === "command" ? [step.database] : []),
        ];
        return named.some((one) => one === database || (one === undefined && databases.length === 1));
      }),
    );
  }

  #ones({ context, log, mayGoOn }: Work, databases: readonly string[]): readonly OneDatabase[] {
    const { server, secrets } = this.store;
    const { jobs, journal } = this.spec;
    const storage = recordStorage(context, log);
    const only = this.spec.databases.length === 1;
    const { chain } = this.needs;
    const programs = new Programs(server, secrets, mayGoOn);
    return databases.map((database) => {
      const names = versionNames(database, log.token);
      return { server, programs, secrets, jobs, at: journal, storage, mayGoOn, database, only, chain, names };
    });
  }

  async #staged(
    work: Work,
    ones: readonly OneDatabase[],
    versions: ReadonlyMap<string, Rehearsed>,
  ): Promise<Staged> {
    const report = await reportOf(versions, [...versions.keys()], recordStorage(work.context, work.log));
    refuseInvalid(report);
    return { report, settle: (later) => this.#settle(later, ones, versions) };
  }

  async #settle(
    work: Work,
    ones: readonly OneDatabase[],
    rehearsed: ReadonlyMap<string, Rehearsed>,
  ): Promise<Staged> {
    const { context, log } = work;
    return log.step(stepName.settle, {}, async () => {
      const versions = new Map<string, Settled>();
      for (const one of ones) {
        const before = rehearsed.get(one.database);
        if (!before) throw new Error(`${one.database} was not rehearsed`);
        const settled = await settle(one, before, (says) => {
          context.reporter.stage("migrate", says);
        });
        versions.set(one.database, settled);
      }
      await this.#seal(work, ones, versions);
      this.store.remember(new Map([...versions].map(([name, { closed }]): [string, Mark] => [name, closed])));
      return this.#staged(work, ones, versions);
    });
  }

  /** Last of all: a dump without a manifest is none. */
  async #seal(
    { context, log }: Work,
    ones: readonly OneDatabase[],
    versions: ReadonlyMap<string, Settled>,
  ): Promise<void> {
    const databases = [];
    for (const one of ones) {
      const version = versions.get(one.database);
      if (version) databases.push(await dumpedDatabase(one, version));
    }
    const at = (await this.store.now()).toISOString();
    const manifest = { format: 1, kind: "postgresql", record: log.record, at, databases };
    const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
    await putText(recordStorage(context, log), manifestFile, text);
  }
}
