import { randomBytes } from "node:crypto";

/** The users that the stand-in server is started with. Everyone of them is in the database `admin`. */
export const standInUsers = ["slipway", "runtime", "reader"] as const;
export type StandInUser = (typeof standInUsers)[number];

export type Passwords = Readonly<Record<StandInUser, string>>;

/** Actions that a fence takes away: everything by which a user changes data. */
const writeActions = [
  "createCollection",
  "createIndex",
  "dropCollection",
  "dropIndex",
  "insert",
  "remove",
  "renameCollectionSameDB",
  "update",
];
const readActions = ["collStats", "dbStats", "find", "killCursors", "listCollections", "listIndexes"];

/** A user besides those that every stand-in has, in the database `admin`. */
export interface FurtherUser {
  readonly user: string;
  readonly password: string;
  /** A name alone is a role of `admin`; it may be defined later. */
  readonly roles: readonly (string | { readonly role: string; readonly db: string })[];
}

/**
 * Text of the server's access file: JSON, and secret, as passwords stand in it.
 * - `slipway` is the release's own user: it may do everything, also while user writes are blocked;
 * - `runtime` is an ordinary writer, by the user-defined role `nmdc_runtime`;
 * - `reader` only reads, by the user-defined role `nmdc_reader`.
 * @param databases where the two may work; every database when it is absent.
 */
export function accessFile(
  passwords: Passwords,
  databases: readonly string[] = [""],
  further: readonly FurtherUser[] = [],
): string {
  const privileges = (actions: readonly string[]): object[] =>
    databases.map((db) => ({ resource: { db, collection: "" }, actions }));
  return JSON.stringify({
    users: [
      { user: "slipway", password: passwords.slipway, roles: ["root"] },
      { user: "runtime", password: passwords.runtime, roles: ["nmdc_runtime"] },
      { user: "reader", password: passwords.reader, roles: ["nmdc_reader"] },
      ...further,
    ],
    roles: [
      {
        role: "nmdc_runtime",
        db: "admin",
        privileges: privileges([...readActions, ...writeActions]),
        roles: [],
      },
      { role: "nmdc_reader", db: "admin", privileges: privileges(readActions), roles: [] },
    ],
  });
}

/** Passwords that nobody has used before. */
export function freshPasswords(): Passwords {
  const secret = (): string => randomBytes(24).toString("hex");
  return { slipway: secret(), runtime: secret(), reader: secret() };
}

/** Connection string of one user. Example of an address: `127.0.0.1:41017`. */
export function userUri(address: string, user: StandInUser, password: string, database = ""): string {
  return `mongodb://${user}:${password}@${address}/${database}?authSource=admin`;
}
