import type { DumpStorage } from "../dump/storage";
import type { Part, ProcessRequest } from "../migrations";
import { processData, validatingThreads } from "../migrations/process";
import type { WorkerPool } from "../validation/worker-pool";
import { type Unpacked, unpackProcess } from "./pack";
import { PieceSink } from "./piece-sink";
import { PieceSource } from "./piece-source";
import { needsAll, type Unit, type UnitResult, type WorkPlan } from "./work";

/** What a worker has at hand. */
export interface Workplace {
  /** The record's storage. */
  readonly storage: DumpStorage;
  readonly plan: WorkPlan;
  /** A folder of the worker's own. */
  readonly place: string;
  /** Threads that look at documents. */
  readonly threads: number;
}

type MigrateUnit = Extract<Unit, { do: "migrate" | "frame" }>;

/** Migrates and judges one unit after the other; schemas and migrations are loaded once for all of them. */
export class Migrator {
  private constructor(
    private readonly storage: DumpStorage,
    private readonly plan: WorkPlan,
    private readonly process: Unpacked,
    private readonly pool: WorkerPool,
  ) {}

  static async open({ storage, plan, place, threads }: Workplace): Promise<Migrator> {
    const process = await unpackProcess(storage.within(`${plan.pass}/process`), plan.process, place);
    return new Migrator(storage, plan, process, validatingThreads(process.prepared, threads));
  }

  /** @throws Refusal with what is wrong in the unit's documents. */
  async migrate(unit: MigrateUnit): Promise<Pick<UnitResult, "report" | "written">> {
    const { storage, plan } = this;
    const { chain, schema, before, prepared } = this.process;
    const sink = new PieceSink(storage, `${plan.pass}/new/${unit.id}`, plan.segmentBytes);
    const request: ProcessRequest = {
      chain: chainOf(unit, chain),
      schema,
      ...(before && { before }),
      source: new PieceSource(storage, plan.collections, unit.do === "frame" ? unit.reads : [unit.piece]),
      sink,
      reports: storage.within(`${plan.pass}/reports/${unit.id}`),
      part: partOf(unit, plan),
    };
    const report = await processData(request, prepared, this.pool);
    return { report, written: sink.written };
  }

  close(): Promise<void> {
    return this.pool.close();
  }
}

/** Where a step needs the whole database only the frame migrates; whatever it doesn't look into is judged as it is. */
function chainOf(unit: Unit, chain: ProcessRequest["chain"]): ProcessRequest["chain"] {
  return unit.do === "frame" || !needsAll(chain) ? chain : [];
}

/** A piece speaks for its own collection, whatever that is called afterwards; the frame for all that no piece speaks for. */
function partOf(unit: MigrateUnit, { filled }: WorkPlan): Part {
  if (unit.do === "migrate") {
    const { collection } = unit.piece;
    return { looksAt: (name, version) => (version.renames.get(name) ?? name) === collection };
  }
  const held = new Set(filled);
  return {
    looksAt(name, version) {
      const source = version.renames.get(name) ?? name;
      if (!held.has(source)) return true;
      return (
        unit.reads.length > 0 &&
        (version.touched.has(source) || version.touched.has(name) || version.mayDiffer(name))
      );
    },
  };
}
