import { z } from "zod";
import { secretSchema } from "./secrets";

const mongodb = z
  .strictObject({
    kind: z.literal("mongodb"),
    uri: secretSchema.describe("Connection string of the release's own user (see docs/mongodb-user.md)."),
    canary: secretSchema
      .optional()
      .describe(
        "Connection string of an ordinary writer: its refused and accepted writes prove that writes are closed and open.",
      ),
    database: z
      .string()
      .regex(/^[^/\\. "$\0]{1,63}$/, "a database name")
      .describe("Example: nmdc"),
    closeWrites: z
      .enum(["strongest", "writeBlock", "roles", "scale"])
      .default("strongest")
      .describe("How ordinary writers are kept out; `strongest` takes the first that works here (rule N10)."),
  })
  .describe("A MongoDB database.");

/** A release puts versions beside a database, such as `atmo_prod__new_12`, and names have 63 bytes. */
const postgresDatabase = z
  .string()
  .regex(/^[^/"\0]{1,45}$/, "a database name of at most 45 characters, without / and quotes");

const postgresql = z
  .strictObject({
    kind: z.literal("postgresql"),
    uri: secretSchema.describe(
      "Connection string of the release's own user (see docs/postgresql-user.md), to a database of the server that is not released, such as postgres.",
    ),
    canary: secretSchema
      .optional()
      .describe(
        "Connection string of an ordinary writer: its refused and accepted writes prove that writes are closed and open.",
      ),
    databases: z
      .array(postgresDatabase)
      .min(1)
      .describe("Released together: all of them change places, or none. Example: [atmo_prod, troposphere]"),
    names: z
      .record(z.string().min(1), postgresDatabase)
      .optional()
      .describe(
        "Databases that this environment calls otherwise than the folders of its migrations, by folder. Example: { atmo_prod: atmo_beta }",
      ),
    journal: postgresDatabase
      .optional()
      .describe(
        "A small database of our own on the same server: lock, journal, what holds. Default: slipway_<system>_<environment>",
      ),
    closeWrites: z
      .enum(["strongest", "readOnly", "connections", "scale"])
      .default("strongest")
      .describe(
        "How ordinary writers are kept out; `strongest` takes the first that works here (rule N10). `readOnly` lets readers go on.",
      ),
    jobs: z
      .number()
      .int()
      .min(1)
      .max(64)
      .default(2)
      .describe("How many tables are dumped, restored and hashed at the same time."),
    load: z
      .record(postgresDatabase, z.string().min(1))
      .optional()
      .describe(
        "The first deployment (rule A11): dumps, relative to Pulumi.yaml, that are loaded where a database does not exist yet, by its name.",
      ),
  })
  .describe("One or more PostgreSQL databases of one server.");

export const storeSchema = z.discriminatedUnion("kind", [mongodb, postgresql]);
export type StoreConfig = z.infer<typeof storeSchema>;

/** Names of the databases that a release owns. */
export function databasesOf(store: StoreConfig): readonly string[] {
  return store.kind === "mongodb" ? [store.database] : store.databases;
}

/** What does not fit together in a well-formed store. */
export function* storeContradictions(
  store: StoreConfig,
): Generator<{ readonly code: "custom"; readonly path: readonly string[]; readonly message: string }> {
  if (store.kind === "mongodb") return;
  const { databases, names, journal, load } = store;
  const contradiction = (
    key: string,
    message: string,
  ): { code: "custom"; path: string[]; message: string } => ({
    code: "custom",
    path: ["data", "store", ...key.split("/")],
    message,
  });
  if (new Set(databases).size < databases.length) yield contradiction("databases", "each database once");
  if (journal !== undefined && databases.includes(journal))
    yield contradiction("journal", "a database of its own, which no release moves");
  const allowed = `one of databases (${databases.join(", ")})`;
  for (const [folder, name] of Object.entries(names ?? {}))
    if (!databases.includes(name)) yield contradiction(`names/${folder}`, allowed);
  for (const name of Object.keys(load ?? {}))
    if (!databases.includes(name)) yield contradiction(`load/${name}`, allowed);
}
