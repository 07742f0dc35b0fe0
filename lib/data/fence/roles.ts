import type { Document, MongoClient } from "mongodb";
import type { Json } from "../../content-hash";
import { type Problem, Refusal } from "../../problem";
import type { Fence, Probe } from "./fence";
import { ownAccess, type OwnAccess, ownPrivileges, type RoleName, type UserName } from "./own-access";
import {
  type Privilege,
  type RoleRights,
  roleWithoutWriting,
  rolesWithoutWriting,
  sameRights,
  type UserRights,
} from "./write-access";

/** Roles and users as they were: exactly this comes back. */
interface Saved {
  readonly roles: readonly RoleRights[];
  readonly users: readonly UserRights[];
}

/** To see who may write, and to take it away and give it back, whatever database a right is about. */
const needed = ["viewRole", "viewUser", "grantRole", "revokeRole"];

/** Takes the write actions out of the roles and users of one database; reading stays as it is. */
export class RolesFence implements Fence {
  readonly how = "roles";

  constructor(
    private readonly client: MongoClient,
    private readonly database: string,
  ) {}

  async probe(): Promise<Probe> {
    const own = await ownAccess(this.client);
    if (!own) return { works: false, reason: "a server without users: anybody may write" };
    const missing = await this.#missing();
    if (missing.length > 0)
      return {
        works: false,
        reason: `the release's user may not ${missing.join(" and ")} on every database`,
      };
    try {
      const saved = await this.#writers(own);
      if (saved.roles.length + saved.users.length > 0)
        return { works: true, saved: saved as unknown as Json };
      return { works: false, reason: "no role or user but the release's own that may write" };
    } catch (error) {
      return { works: false, reason: error instanceof Error ? error.message : String(error) };
    }
  }

  async close(saved: Json): Promise<void> {
    await this.#change(saved, "close");
  }

  async open(saved: Json): Promise<void> {
    await this.#change(saved, "open");
  }

  async #missing(): Promise<readonly string[]> {
    const everywhere = (await ownPrivileges(this.client))?.filter(
      ({ resource }) => resource.anyResource === true || (resource.db === "" && resource.collection === ""),
    );
    if (!everywhere) return [];
    return needed.filter((action) => !everywhere.some(({ actions }) => actions.includes(action)));
  }

  /** Roles and users that may write to the database, ourselves left out. */
  async #writers(own: OwnAccess): Promise<Saved> {
    const roles: RoleRights[] = [];
    const users: UserRights[] = [];
    for (const db of new Set([this.database, "admin"])) {
      roles.push(...(await this.#roles(db)));
      users.push(...(await this.#users(db)));
    }
    const ours = (role: RoleName): boolean =>
      own.roles.some((one) => one.role === role.role && one.db === role.db);
    const us = (user: UserName): boolean =>
      own.users.some((one) => one.user === user.user && one.db === user.db);
    return {
      roles: roles.filter(
        (role) => !ours(role) && !sameRights(role, roleWithoutWriting(role, this.database)),
      ),
      users: users.filter((user) => !us(user) && !sameRights(user, this.#userWithoutWriting(user))),
    };
  }

  /**
   * Every role and user is what was saved, or what we make of it: then it is set. Anything else somebody has changed in the
   * meantime, and it is not overwritten (fault group 19). All of them are looked at before the first is touched.
   */
  async #change(saved: Json, direction: "close" | "open"): Promise<void> {
    const { roles, users } = saved as unknown as Saved;
    const problems: Problem[] = [];
    const effects: (() => Promise<unknown>)[] = [];
    for (const role of roles) {
      const now = (await this.#roles(role.db)).find((one) => one.role === role.role);
      const closed = roleWithoutWriting(role, this.database);
      const wanted = direction === "close" ? closed : role;
      if (!now || !(sameRights(now, role) || sameRights(now, closed)))
        problems.push(changed(`role ${role.db}.${role.role}`, direction));
      else if (!sameRights(now, wanted)) {
        const { privileges, roles: inherited } = wanted;
        effects.push(() =>
          this.client.db(role.db).command({ updateRole: role.role, privileges, roles: inherited }),
        );
      }
    }
    for (const user of users) {
      const now = (await this.#users(user.db)).find((one) => one.user === user.user);
      const closed = this.#userWithoutWriting(user);
      const wanted = direction === "close" ? closed : user;
      if (!now || !(sameRights(now, user) || sameRights(now, closed)))
        problems.push(changed(`user ${user.db}.${user.user}`, direction));
      else if (!sameRights(now, wanted)) {
        effects.push(() => this.client.db(user.db).command({ updateUser: user.user, roles: wanted.roles }));
      }
    }
    if (problems.length > 0) throw new Refusal("roles", problems);
    for (const effect of effects) await effect();
  }

  #userWithoutWriting(user: UserRights): UserRights {
    return { ...user, roles: rolesWithoutWriting(user.roles, this.database) };
  }

  async #roles(db: string): Promise<readonly RoleRights[]> {
    const answer = await this.client
      .db(db)
      .command({ rolesInfo: 1, showPrivileges: true, showBuiltinRoles: false });
    return (answer["roles"] as readonly Document[]).map(({ role, db: of, privileges, roles }) => ({
      role: String(role),
      db: String(of),
      privileges: privileges as readonly Privilege[],
      roles: roles as readonly RoleName[],
    }));
  }

  async #users(db: string): Promise<readonly UserRights[]> {
    const answer = await this.client.db(db).command({ usersInfo: 1 });
    return (answer["users"] as readonly Document[]).map(({ user, db: of, roles }) => ({
      user: String(user),
      db: String(of),
      roles: roles as readonly RoleName[],
    }));
  }
}

function changed(where: string, direction: "close" | "open"): Problem {
  return {
    where,
    found: "other rights than the release saved or set: somebody changed it meanwhile",
    allowed: "the rights as they were before the release, or without writing",
    mend:
      direction === "close"
        ? "start the release again"
        : 'set it to what it shall be, then: slipway data resume ("Writes are in doubt" in docs/data-bad-night.md)',
  };
}
