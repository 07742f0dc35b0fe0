import type { Document, MongoClient } from "mongodb";
import type { Privilege } from "./write-access";

/** A user, by the database that knows it. */
export interface UserName {
  readonly user: string;
  readonly db: string;
}

/** A role, by the database that defines it. */
export interface RoleName {
  readonly role: string;
  readonly db: string;
}

/** Who we are to the server. */
export interface OwnAccess {
  readonly users: readonly UserName[];
  /** Our roles, the inherited ones too. */
  readonly roles: readonly RoleName[];
}

/** Undefined where the server knows no users, or won't say. */
export async function ownAccess(client: MongoClient): Promise<OwnAccess | undefined> {
  const info = await authInfo(client, false);
  const users = (info?.["authenticatedUsers"] ?? []) as readonly UserName[];
  const roles = (info?.["authenticatedUserRoles"] ?? []) as readonly RoleName[];
  return users.length === 0 ? undefined : { users, roles };
}

/** All that we are allowed, the inherited too. Undefined where the server knows no users, or won't say. */
export async function ownPrivileges(client: MongoClient): Promise<readonly Privilege[] | undefined> {
  const info = await authInfo(client, true);
  const privileges = info?.["authenticatedUserPrivileges"] as readonly Privilege[] | undefined;
  return privileges && privileges.length > 0 ? privileges : undefined;
}

async function authInfo(client: MongoClient, showPrivileges: boolean): Promise<Document | undefined> {
  const status = await client
    .db("admin")
    .command({ connectionStatus: 1, showPrivileges })
    .catch(() => undefined);
  return status?.["authInfo"] as Document | undefined;
}
