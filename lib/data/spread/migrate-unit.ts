import type { DocumentSource } from "../blocks";
import type { Part, ProcessRequest } from "../migrations";
import { processData, validatingThreads } from "../migrations/process";
import type { WorkerPool } from "../validation/worker-pool";
import { type Unpacked, unpackProcess } from "./pack";
import { newFolder, processFolder, reportsFolder } from "./pass-files";
import { PieceSink } from "./piece-sink";
import { PieceSource } from "./piece-source";
import { DumpedStretch, type ReadingPlace } from "./read-unit";
import { type Findings, needsAll, type Unit, type WorkPlan } from "./work";

/** What a worker has at hand. */
export interface Workplace extends ReadingPlace {
  /** A folder of the worker's own. */
  readonly place: string;
  /** Threads that look at documents. */
  readonly threads: number;
}

type MigrateUnit = Extract<Unit, { do: "migrate" | "dump-migrate" | "frame" }>;

/** Migrates and judges one unit after the other; schemas and migrations are loaded once for all of them. */
export class Migrator {
  private constructor(
    private readonly reading: ReadingPlace,
    private readonly process: Unpacked,
    private readonly pool: WorkerPool,
  ) {}

  static async open({ place, threads, ...reading }: Workplace): Promise<Migrator> {
    const { storage, plan } = reading;
    const process = await unpackProcess(storage.within(processFolder(plan.pass)), plan.process, place);
    return new Migrator(reading, process, validatingThreads(process.prepared, threads));
  }

  /** @param attempt below whose name its files lie. @throws Refusal with what is wrong in the unit's documents. */
  async migrate(unit: MigrateUnit, attempt: string): Promise<Findings> {
    if (unit.do === "dump-migrate") {
      const stretch = new DumpedStretch(unit, attempt, this.reading);
      return { ...(await this.#judge(unit, attempt, stretch)), ...(await stretch.finish()) };
    }
    const { storage, plan } = this.reading;
    const pieces = unit.do === "frame" ? unit.reads : [unit.piece];
    return this.#judge(unit, attempt, new PieceSource(storage, plan.collections, pieces));
  }

  async #judge(
    unit: MigrateUnit,
    attempt: string,
    source: DocumentSource,
  ): Promise<Pick<Findings, "report" | "written">> {
    const { storage, plan } = this.reading;
    const { chain, schema, before, prepared } = this.process;
    const sink = new PieceSink(storage, newFolder(plan.pass, attempt), plan.segmentBytes);
    const request: ProcessRequest = {
      chain: chainOf(unit, chain),
      schema,
      ...(before && { before }),
      source,
      sink,
      reports: storage.within(reportsFolder(plan.pass, attempt)),
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
  if (unit.do !== "frame") {
    const { collection } = unit.do === "migrate" ? unit.piece : unit;
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
