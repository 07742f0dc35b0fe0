import { z } from "zod";
import { bucketSchema } from "./bucket";
import { executionSchema } from "./execution";
import { guardianSchema } from "./guardian";
import { storeSchema } from "./store";

export const dataSchema = z
  .strictObject({
    store: storeSchema,
    schema: z
      .strictObject({
        package: z
          .string()
          .min(1)
          .describe("Package that publishes schema and migrators. Example: nmdc-schema"),
        version: z
          .string()
          .regex(/^[0-9]+(\.[0-9]+){1,3}$/, "an exact version, such as 11.24.0")
          .describe("Schema version that the data has after the release."),
        hash: z
          .string()
          .regex(/^sha256:[0-9a-f]{64}$/, "sha256: and 64 hexadecimal digits")
          .optional()
          .describe("Hash of the published package; it must be the one that is installed (rule N7)."),
      })
      .describe("What the data must obey (rules N6, N7)."),
    migrations: z
      .string()
      .min(1)
      .default("migrations")
      .describe("Folder of the migration list, relative to Pulumi.yaml."),
    order: z
      .enum(["data-first", "code-first"])
      .default("data-first")
      .describe(
        "What changes first; `code-first` rolls the code out before the data is switched, as every way back does (rules N16, N18).",
      ),
    reopen: z
      .enum(["after-rollout", "before-rollout"])
      .default("after-rollout")
      .describe("When writes open again; `after-rollout` keeps the way back free (rule N15)."),
    confirmWithin: z
      .number()
      .int()
      .min(10)
      .default(1800)
      .describe("Seconds for the roll-out; then the release is taken back."),
    execution: executionSchema.optional(),
    dump: z
      .strictObject({
        keep: z.string().min(1).default("dumps").describe("Folder where dumps stay."),
        bucket: bucketSchema.optional(),
        retain: z
          .number()
          .int()
          .min(1)
          .optional()
          .describe(
            "Of how many releases the dumps stay; older ones are removed when a release is over, what proves the release stays. Default: of all. Example: 5",
          ),
      })
      .default({ keep: "dumps" })
      .describe("Where dumps stay, and how many."),
    keep: z
      .strictObject({ releases: z.number().int().min(1) })
      .default({ releases: 1 })
      .describe("For how many releases the originals stay in the database (rule N18)."),
    acceptLossSince: z
      .string()
      .optional()
      .describe("The release whose users' writes a way back may lose, by name (rule N18). Example: v2.19.0"),
    guardian: guardianSchema.optional(),
  })
  .describe("The database that is released together with the images.");

export type DataConfig = z.infer<typeof dataSchema>;
