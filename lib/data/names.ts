import { Refusal } from "../problem";

/** Where the lock, the fence and the schema that holds stand. */
export const stateCollection = "_slipway_state";
/** Append-only; what was done, step by step. */
export const journalCollection = "_slipway_journal";
/** Per-document digests of what a release put in place, so that a way back can tell users' writes (rule N18). */
export const digestCollection = "_slipway_digests";
/** An ordinary writer tries to write here, to prove that writes are closed or open. */
export const canaryCollection = "_slipway_canary";

const beside = /^(?<collection>.+)__(?<kind>new|old)_(?<token>[1-9][0-9]*)$/;
/** MongoDB's limit on `database.collection`, in bytes. */
const namespaceBytes = 255;

/** A collection that a release put beside the live one. */
export interface BesideName {
  readonly collection: string;
  /** `new`: the next version, being loaded. `old`: the original, retained. */
  readonly kind: "new" | "old";
  readonly token: number;
}

/** Example: `study_set__new_7`. */
export function stagingName(collection: string, token: number): string {
  return `${collection}__new_${token}`;
}

/** Example: `study_set__old_7`. */
export function retainedName(collection: string, token: number): string {
  return `${collection}__old_${token}`;
}

export function parseBeside(name: string): BesideName | undefined {
  const found = beside.exec(name)?.groups;
  if (!found) return undefined;
  return {
    collection: found["collection"] ?? "",
    kind: found["kind"] === "new" ? "new" : "old",
    token: Number(found["token"]),
  };
}

/** Whether a collection is the system's own data: not ours, not the server's. */
export function isUserCollection(name: string): boolean {
  return !name.startsWith("_slipway_") && !name.startsWith("system.") && parseBeside(name) === undefined;
}

/**
 * Collections whose names leave no room for the suffix of a staging name.
 * @throws Refusal that lists all of them (fault group 31).
 */
export function refuseLongNames(database: string, collections: readonly string[], token: number): void {
  const problems = collections
    .filter((name) => Buffer.byteLength(`${database}.${stagingName(name, token)}`) > namespaceBytes)
    .map((name) => ({
      where: `${database}.${name}`,
      found: `a name of ${Buffer.byteLength(`${database}.${name}`)} bytes`,
      allowed: `names that leave room for "__new_${token}" within ${namespaceBytes} bytes`,
      mend: "rename the collection",
    }));
  if (problems.length > 0) throw new Refusal("collection names", problems);
}
