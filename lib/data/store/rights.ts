import type { MongoClient } from "mongodb";
import type { Problem } from "../../problem";
import { ownPrivileges } from "../fence/own-access";
import type { Privilege } from "../fence/write-access";

/** What a release does with the database's collections, by the actions that the server knows. */
const needed: readonly { readonly actions: readonly string[]; readonly to: string }[] = [
  { actions: ["find", "listCollections", "listIndexes"], to: "read what is there" },
  { actions: ["insert", "update", "remove"], to: "keep the journal and load the new version" },
  {
    actions: ["createCollection", "createIndex", "dropCollection"],
    to: "make the new version beside the live one, and clean up",
  },
  { actions: ["renameCollectionSameDB"], to: "let both change places" },
  { actions: ["collMod"], to: "keep documents from expiring meanwhile" },
];

/** Rights on all of the database's collections that our user lacks, each by its name; none where the server knows no users. */
export async function missingRights(
  client: MongoClient,
  database: string,
  userGuide: string,
): Promise<readonly Problem[]> {
  const privileges = await ownPrivileges(client);
  if (!privileges) return [];
  const allowed = new Set(
    privileges.flatMap((privilege) => (coversAll(privilege, database) ? privilege.actions : [])),
  );
  return needed.flatMap(({ actions, to }) =>
    actions
      .filter((action) => !allowed.has(action))
      .map((action) => ({
        where: `data.store.uri: the right ${action} on every collection of ${database}`,
        found: "a release's user without it",
        allowed: `a user who may ${to}`,
        mend: `${userGuide} shows the role`,
      })),
  );
}

function coversAll({ resource }: Privilege, database: string): boolean {
  if (resource.anyResource === true) return true;
  return (resource.db === database || resource.db === "") && resource.collection === "";
}
