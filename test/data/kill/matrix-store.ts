import { rmSync } from "node:fs";
import type { DataProcessor } from "../../../lib/data/conductor/context";
import type { ReleaseSpec } from "../../../lib/data/protocol";
import { scratch } from "../../scratch";

/** A kind of store as the kill matrix sees it: what the matrix does to a store is written once for all of them. */
export interface MatrixStore {
  readonly kind: "MongoDB" | "MongoDB by pods" | "PostgreSQL";
  /** What the server is, for the table's readers. */
  readonly server: string;
  readonly processor: DataProcessor;
  /** Fewer instants than these would mean that the matrix lost sight of the engine's steps. */
  readonly leastInstants: number;
  /** What tells the killed process which processor it is to take. */
  readonly environment: Readonly<Record<string, string>>;
  /** A database with data, which no release has seen yet. @returns its first release, to version 1.0.0 of the schema. */
  fill(database: string): Promise<ReleaseSpec>;
  /**
   * Makes that what `make` makes can be had again and again, as quickly as this kind of store allows.
   * @returns what gives it, whatever has happened since.
   */
  again(make: () => Promise<ReleaseSpec>): Promise<() => Promise<ReleaseSpec>>;
  /** A release as a machine runs it that has a place for its dump. */
  placed(spec: ReleaseSpec): ReleaseSpec;
  /** The same release as another machine runs it, after the first one is gone with all that it held. */
  elsewhere(spec: ReleaseSpec): ReleaseSpec;
  /** Content hash of all that users put there, by collection or table. */
  contentOf(spec: ReleaseSpec): Promise<Readonly<Record<string, string>>>;
  /** Names of what a release put beside and should have taken away. */
  leftBeside(spec: ReleaseSpec): Promise<readonly string[]>;
  /** Whether an ordinary writer may write. */
  mayWrite(spec: ReleaseSpec): Promise<boolean>;
  /** What else is not as it was before the release, in words. */
  spoilt(spec: ReleaseSpec): Promise<string | undefined>;
  /** SIGKILL, and a start on the same data and address; undefined where the server is not ours to kill. */
  readonly restartServer: (() => Promise<void>) | undefined;
}

/** Of stores whose dumps lie on the machine that runs the release: they are gone with it. */
export const onOneMachine: Pick<MatrixStore, "placed" | "elsewhere"> = {
  placed: withFolder,
  elsewhere(spec) {
    rmSync(spec.dump.keep, { recursive: true, force: true });
    return withFolder(spec);
  },
};

function withFolder(spec: ReleaseSpec): ReleaseSpec {
  return { ...spec, dump: { keep: scratch("dump") } };
}
