import type { DumpStorage } from "../dump/storage";
import type { Part, ProcessRequest } from "../migrations";
import { processData } from "../migrations/process";
import type { Unpacked } from "./pack";
import { PieceSink } from "./piece-sink";
import { PieceSource } from "./piece-source";
import type { Unit, UnitResult, WorkPlan } from "./work";

/** What a worker has at hand. */
export interface Workplace {
  /** The record's storage. */
  readonly storage: DumpStorage;
  readonly plan: WorkPlan;
  readonly process: Unpacked;
  /** Threads that look at documents. */
  readonly threads: number;
}

/** Migrates and judges what one unit is about. @throws Refusal with what is wrong in its documents. */
export async function migrateUnit(
  unit: Extract<Unit, { do: "migrate" | "frame" }>,
  { storage, plan, process, threads }: Workplace,
): Promise<Pick<UnitResult, "report" | "written">> {
  const sink = new PieceSink(storage, `${plan.pass}/new/${unit.id}`, plan.segmentBytes);
  const { chain, schema, before, prepared } = process;
  const request: ProcessRequest = {
    chain: chainOf(unit, chain),
    schema,
    ...(before && { before }),
    source: new PieceSource(storage, plan.collections, unit.do === "frame" ? unit.reads : [unit.piece]),
    sink,
    reports: storage.within(`${plan.pass}/reports/${unit.id}`),
    part: partOf(unit, plan),
    threads,
  };
  const report = await processData(request, prepared);
  return { report, written: sink.written };
}

/** Whether a step may ask for any collection, so that the chain can't be run on a piece by itself. */
export function needsAll(chain: ProcessRequest["chain"]): boolean {
  return chain.some(({ step }) => step.kind === "python");
}

/** Where a step needs the whole database only the frame migrates; whatever it doesn't look into is judged as it is. */
function chainOf(unit: Unit, chain: ProcessRequest["chain"]): ProcessRequest["chain"] {
  return unit.do === "frame" || !needsAll(chain) ? chain : [];
}

/** A piece speaks for its own collection, whatever that is called afterwards; the frame for all that no piece speaks for. */
function partOf(unit: Extract<Unit, { do: "migrate" | "frame" }>, { filled }: WorkPlan): Part {
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
