import type { RoleName, UserName } from "./own-access";

/** Everything by which a user changes a database's data or shape. */
export const writeActions: ReadonlySet<string> = new Set([
  "bypassDocumentValidation",
  "collMod",
  "compact",
  "convertToCapped",
  "createCollection",
  "createIndex",
  "createSearchIndexes",
  "dropCollection",
  "dropDatabase",
  "dropIndex",
  "dropSearchIndex",
  "emptycapped",
  "insert",
  "reIndex",
  "remove",
  "renameCollection",
  "renameCollectionSameDB",
  "update",
  "updateSearchIndex",
]);

/** What a built-in role that writes leaves when its writing is taken away; undefined: nothing. */
const reading: ReadonlyMap<string, string | undefined> = new Map([
  ["readWrite", "read"],
  ["dbOwner", "read"],
  ["dbAdmin", "read"],
  ["readWriteAnyDatabase", "readAnyDatabase"],
  ["dbAdminAnyDatabase", "readAnyDatabase"],
  ["root", "readAnyDatabase"],
  ["restore", undefined],
]);
const everyDatabase: ReadonlySet<string> = new Set([
  "readWriteAnyDatabase",
  "dbAdminAnyDatabase",
  "root",
  "restore",
]);

/** A privilege, as `rolesInfo` shows it. */
export interface Privilege {
  readonly resource: {
    readonly db?: string;
    readonly collection?: string;
    readonly anyResource?: boolean;
    readonly cluster?: boolean;
  };
  readonly actions: readonly string[];
}

/** A user-defined role: what it holds itself, and what it inherits from. */
export interface RoleRights extends RoleName {
  readonly privileges: readonly Privilege[];
  readonly roles: readonly RoleName[];
}

/** A user's roles. */
export interface UserRights extends UserName {
  readonly roles: readonly RoleName[];
}

/** The same role without its right to write to the database; reading stays. */
export function roleWithoutWriting(role: RoleRights, database: string): RoleRights {
  const privileges = role.privileges
    .map((privilege) =>
      covers(privilege, database)
        ? { ...privilege, actions: privilege.actions.filter((action) => !writeActions.has(action)) }
        : privilege,
    )
    .filter(({ actions }) => actions.length > 0);
  return { ...role, privileges, roles: rolesWithoutWriting(role.roles, database) };
}

/** The same roles, the built-in ones that write to the database replaced by those that only read. */
export function rolesWithoutWriting(roles: readonly RoleName[], database: string): readonly RoleName[] {
  const left = roles.flatMap((role): readonly RoleName[] => {
    if (!writes(role, database)) return [role];
    const reader = reading.get(role.role);
    return reader === undefined ? [] : [{ role: reader, db: role.db }];
  });
  return left.filter((role, at) => left.findIndex((other) => same(role, other)) === at);
}

/** Whether two sets of rights are the same, in whatever order the server tells them. */
export function sameRights(a: RoleRights | UserRights, b: RoleRights | UserRights): boolean {
  return normal(a) === normal(b);
}

function writes({ role, db }: RoleName, database: string): boolean {
  return reading.has(role) && (db === database || (db === "admin" && everyDatabase.has(role)));
}

function covers({ resource }: Privilege, database: string): boolean {
  return resource.anyResource === true || resource.db === database || resource.db === "";
}

function same(a: RoleName, b: RoleName): boolean {
  return a.role === b.role && a.db === b.db;
}

function normal(rights: RoleRights | UserRights): string {
  const roles = rights.roles.map(({ role, db }) => `${db}.${role}`).sort();
  const privileges = ("privileges" in rights ? rights.privileges : []).map(({ resource, actions }) =>
    JSON.stringify([Object.entries(resource).sort(), [...actions].sort()]),
  );
  return JSON.stringify([roles, privileges.sort()]);
}
