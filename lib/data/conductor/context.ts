import type { Cluster } from "../cluster/cluster";
import type { Boundary } from "../journal/record-log";
import type { Journal } from "../journal/journal";
import type { PreviewLimits } from "../preview/extent";
import type { MigrationList, ProcessReport, ProcessRequest } from "../migrations";
import type { DumpStorage } from "../dump/storage";
import type { ReleaseSpec } from "../protocol";
import type { Secrets } from "../secrets";
import type { Workers } from "../spread/workers";
import type { DataStore } from "./data-store";
import type { Dumps } from "./record-storage";
import type { Reporter } from "./reporter";
import type { Signs } from "./signs";

/** How documents become the next version's: the migrations and the validation behind one seam. */
export interface DataProcessor {
  /** The migration list of a folder. @throws Refusal with everything that is wrong in it. */
  migrations(folder: string): Promise<MigrationList>;
  /**
   * Gets everything on this machine that a pass needs: packages, compiled schemas (rule N7).
   * @param list folder of the migration list, which may hold the schemas themselves.
   * @throws Refusal when something can't be had.
   */
  prepare(needs: ProcessNeeds, list: string, says: (text: string) => void): Promise<PreparedProcess>;
}

/** A pass that has everything that it needs, and the content hashes of the schemas that it judges by. */
export interface PreparedProcess {
  readonly run: Process;
  /** Puts into a storage what workers elsewhere migrate and judge by. @returns its content hash. */
  readonly pack?: (storage: DumpStorage) => Promise<string>;
  readonly schemas: { readonly after: string; readonly before?: string };
}

/** What a pass is made of. */
export type ProcessNeeds = Pick<ProcessRequest, "chain" | "schema" | "before">;

/** One pass over a database, read-only towards its source. */
export type Process = (request: ProcessRequest) => Promise<ProcessReport>;

/** What every part of a run has at hand. */
export interface Context {
  readonly spec: ReleaseSpec;
  readonly store: DataStore;
  readonly journal: Journal;
  readonly secrets: Secrets;
  readonly dumps: Dumps;
  readonly cluster: Cluster | undefined;
  readonly reporter: Reporter;
  readonly processor: DataProcessor;
  readonly signs: Signs;
  readonly options: EngineOptions;
}

/** What only tests and special places set. */
export interface EngineOptions {
  /** Seconds that an owner may be silent before another machine may go on. */
  readonly lease: number;
  readonly boundary: Boundary;
  /** How much a preview looks at; `previewLimits` where absent. */
  readonly preview?: PreviewLimits;
  /** Who works where the spec asks for workers; the spec's cluster where absent. */
  readonly workers?: Workers;
}
