import type { ChangedBlock } from "../migrations/typescript/transform";
import type { ClassTable } from "./judge";
import type { UnitTable } from "./units";
import type { BlockFindings, BlockToInspect, FoundIds } from "./inspect-block";

/** A schema as a thread loads it: the compiled file and its classes. */
export interface LoadedSchema {
  readonly file: string;
  readonly classes: ClassTable;
  readonly units: UnitTable;
}

/** What a thread gets when it starts. */
export interface WorkerStart {
  readonly after: LoadedSchema;
  readonly before?: LoadedSchema;
  /** One cell: the position of the document that is looked at, or -1. */
  readonly reached: SharedArrayBuffer;
}

export type WorkerTask =
  | { readonly do: "inspect"; readonly block: BlockToInspect }
  | { readonly do: "look-for"; readonly block: BlockToInspect; readonly ids: ReadonlySet<string> }
  | {
      readonly do: "transform";
      /** The step's `migration.ts`. */
      readonly file: string;
      readonly collection: string;
      readonly bytes: Uint8Array;
    };

export interface WorkerResults {
  readonly inspect: BlockFindings;
  readonly "look-for": FoundIds;
  readonly transform: ChangedBlock;
}

export type WorkerAnswer =
  | { readonly id: number; readonly result: WorkerResults[keyof WorkerResults] }
  | { readonly id: number; readonly error: string };
