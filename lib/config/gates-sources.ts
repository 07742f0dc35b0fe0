import { z } from "zod";
import { schemeNames } from "../release/versions/schemes";
import { forgeSchema } from "./gates-forge";
import { personSchema } from "./gates-people";
import { nameSchema } from "./names";

const referenceName = z
  .string()
  .max(128)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._/+-]*$/,
    "a tag or branch of letters, digits, dot, dash, underscore, plus and slash",
  );

const sourceSchema = z
  .strictObject({
    forge: forgeSchema.optional().describe("Where CI runs, reviews, releases and tickets are."),
    clone: z
      .string()
      .min(1)
      .optional()
      .describe("Folder or address of the git repository; without it the forge's. Example: ../nmdc-runtime"),
    tag: referenceName
      .optional()
      .describe("The tag that is released; without it the tag of its first image, or the release's version."),
    scheme: z
      .enum(schemeNames as [(typeof schemeNames)[number], ...typeof schemeNames])
      .describe("How its tags are read and counted on."),
    branch: referenceName.describe("The branch that production comes from (rules F4, F13). Example: main"),
    images: z.array(nameSchema).default([]).describe("Images of slipway:images that are built from it."),
    workflows: z
      .array(z.string().min(1))
      .default([])
      .describe("CI workflows that must be green; all where none is named (rule N1)."),
    changelog: z
      .string()
      .min(1)
      .optional()
      .describe("Path of its changelog or notes file (rules N3, A6, A8). Example: CHANGELOG.md"),
    smoke: z
      .string()
      .trim()
      .min(1)
      .optional()
      .describe(
        "Local test that stands in for CI, run in the clone's folder (rule N1). Example: make up-test test",
      ),
    schemaFile: z
      .string()
      .min(1)
      .optional()
      .describe("File in which its commit pins the schema package (rule N7). Example: requirements/main.txt"),
    exceptions: z
      .array(
        z.strictObject({
          tag: z.string().min(1),
          commit: z.string().regex(/^[0-9a-f]{40}$/, "a whole commit id"),
          reason: z.string().trim().min(1),
          by: personSchema,
          at: z.iso.date(),
        }),
      )
      .default([])
      .describe("Old tags that their branch no longer has, each accepted by a person (rule F4)."),
  })
  .describe("A git repository whose tag is released.");

export const sourcesSchema = z
  .record(nameSchema, sourceSchema)
  .default({})
  .describe(
    "The git repositories that the release is made of, in the order in which they are tagged (rules F1, F9).",
  );
