import { Refusal } from "../../problem";
import { recordStorage } from "../conductor/record-storage";
import type { ProcessNeeds } from "../conductor/context";
import type { DumpStorage } from "../dump/storage";
import type { ExecutionSpec } from "../execution-spec";
import type { RecordLog } from "../journal/record-log";
import type { MongoContext } from "../store/mongo-context";
import { sideBySide } from "../side-by-side";
import { documentsOf, sharesOf } from "./cut";
import { engineHash } from "./engine-hash";
import { hashOf } from "./hash-of";
import { doneFile, failedFile, processFolder } from "./pass-files";
import type { WorkOrder } from "./run-share";
import { getSealed, putSealed } from "./sealed";
import { figuresOf, type StageFigures, type StageName } from "./stage-figures";
import type { Unit, UnitResult, WorkPlan } from "./work";
import type { Workers } from "./workers";

/** Of a bucket each is asked for by itself, which is mostly waiting. */
const resultsAtOnce = 8;

/** What all stages of one pass have in common. */
interface PassPlan {
  readonly needs: ProcessNeeds;
  readonly sources: readonly string[];
  /** How large a piece is about. */
  readonly segmentBytes: number;
  readonly mayGoOn: () => void;
}

/** The stages of one spread pass: each is a plan in the storage, done by workers, and added up by whoever asked. */
export class SpreadStages {
  readonly #figures: StageFigures[] = [];

  private constructor(
    private readonly context: MongoContext,
    readonly execution: ExecutionSpec,
    private readonly storage: DumpStorage,
    private readonly record: string,
    private readonly workers: Workers,
    private readonly common: Omit<WorkPlan, "shares" | "filled">,
    private readonly mayGoOn: () => void,
  ) {}

  /** @throws Refusal when workers can't be had. */
  static async open(
    context: MongoContext,
    log: RecordLog,
    { sources, segmentBytes, mayGoOn }: PassPlan,
  ): Promise<SpreadStages> {
    const { spec, process, store } = context;
    const { execution } = spec;
    if (!execution || !process.pack) throw new Error("a release that is not spread");
    const storage = recordStorage(context, log);
    // Every pass is a step of the journal, so that no two have the same name.
    const pass = `spread-${log.entries.length}`;
    // A database that was put back to an earlier day gives the same numbers again, and its results are others.
    await storage.within(pass).remove();
    const common = {
      format: 1 as const,
      engine: engineHash(),
      database: store.db.databaseName,
      token: log.token,
      pass,
      collections: sources,
      process: await process.pack(storage.within(processFolder(pass))),
      segmentBytes,
    };
    return new SpreadStages(
      context,
      execution,
      storage,
      log.record,
      await workersOf(context, log),
      common,
      mayGoOn,
    );
  }

  /** Folder of the pass in the record's storage. */
  get pass(): string {
    return this.common.pass;
  }

  /** How large a piece is about. */
  get segmentBytes(): number {
    return this.common.segmentBytes;
  }

  /** What every stage took so far. */
  get figures(): readonly StageFigures[] {
    return this.#figures;
  }

  /**
   * Does all units; what each came to, by its id.
   * @param filled collections that hold documents, where that matters to a unit.
   * @throws Refusal with what stopped it.
   */
  async run(
    name: StageName,
    units: readonly Unit[],
    filled: readonly string[] = [],
  ): Promise<ReadonlyMap<string, UnitResult>> {
    if (units.length === 0) return new Map();
    const begun = performance.now();
    const plan: WorkPlan = { ...this.common, filled, shares: sharesOf(units, this.execution.workers) };
    const file = `${this.pass}/${name}.json`;
    const seal = await putSealed(this.storage, file, plan);
    const { spec, secrets } = this.context;
    const order: WorkOrder = {
      place: this.context.dumps.place,
      record: this.record,
      plan: { file, seal },
      uri: secrets.uri(this.execution.uri ?? spec.store.uri, "slipway:data.execution.uri", "worker"),
      threads: this.workers.threads,
    };
    const { boundary } = this.context.options;
    let isAsked = false;
    const observe = async (): Promise<boolean> => {
      if (!isAsked) await boundary(`workers at ${name}`);
      isAsked = true;
      return this.#observe(units);
    };
    const stage = {
      name: `${name}-${this.pass.slice("spread-".length)}`,
      ...(spec.dump.bucket ? {} : { mount: spec.dump.keep }),
      shares: plan.shares.length,
    };
    await boundary(`before workers ${name}`);
    try {
      await this.workers.carryOut(stage, order, observe);
    } catch (error) {
      throw (await this.#refusals(plan.shares.length)) ?? error;
    }
    await boundary(`after workers ${name}`);
    const results = await this.#results(units);
    const workers = Math.min(this.execution.workers, plan.shares.length);
    const seconds = (performance.now() - begun) / 1000;
    this.#figures.push(figuresOf(name, { seconds, workers }, units, results));
    return results;
  }

  /** Takes away what only workers needed. */
  async close(): Promise<void> {
    await this.storage.within(this.pass).remove();
  }

  /** What workers refused, in their own words; that a Job failed is only its consequence. */
  async #refusals(shares: number): Promise<Refusal | undefined> {
    const left = [...(await this.storage.within(this.pass).list()).keys()];
    const told: Pick<Refusal, "subject" | "problems">[] = [];
    for (let index = 0; index < shares; index++) {
      const file = failedFile(this.pass, index);
      if (!left.includes(file.slice(this.pass.length + 1))) continue;
      told.push((await getSealed(this.storage, file)) as unknown as Refusal);
    }
    const [first] = told;
    return (
      first &&
      new Refusal(
        first.subject,
        told.flatMap(({ problems }) => problems),
      )
    );
  }

  async #results(units: readonly Unit[]): Promise<ReadonlyMap<string, UnitResult>> {
    const results = await sideBySide(units, resultsAtOnce, async (unit) => {
      const found = (await getSealed(this.storage, doneFile(this.pass, unit.id))) as unknown as UnitResult;
      if (found.unit !== hashOf(unit)) throw otherUnit(this.storage.where(doneFile(this.pass, unit.id)));
      return [unit.id, found] as const;
    });
    return new Map(results);
  }

  /** Progress of all workers in one line: what is counted are documents of finished units. @returns whether all are finished. */
  async #observe(units: readonly Unit[]): Promise<boolean> {
    this.mayGoOn();
    const done = new Set((await this.storage.within(`${this.pass}/done`).list()).keys());
    const documents = (of: readonly Unit[]): number => of.reduce((sum, unit) => sum + documentsOf(unit), 0);
    const finished = units.filter(({ id }) => done.has(`${id}.json`));
    this.context.reporter.progress(documents(finished), documents(units), "documents");
    return finished.length === units.length;
  }
}

async function workersOf({ spec, secrets, options }: MongoContext, log: RecordLog): Promise<Workers> {
  const { system, environment, execution, cluster } = spec;
  if (options.workers) return options.workers;
  if (!execution || !cluster) throw new Error("a release that is spread has a cluster");
  const { KubernetesWorkers } = await import("./kubernetes-workers");
  return KubernetesWorkers.open(cluster, execution, { system, environment, token: log.token }, secrets);
}

function otherUnit(where: string): Refusal {
  return new Refusal("workers", [
    {
      where,
      found: "the result of another unit of work",
      allowed: "results of this pass",
      mend: "start the release again; nobody else may write where dumps stay",
    },
  ]);
}
