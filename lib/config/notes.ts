import { z } from "zod";

export const notesSchema = z
  .strictObject({
    repository: z.string().regex(/^[A-Za-z0-9-]+\/[A-Za-z0-9._-]+$/, "owner/name of a GitHub repository"),
    commitish: z
      .string()
      .min(1)
      .optional()
      .describe("Commit that a new tag is made on; leave it out where the tag exists."),
  })
  .describe("Publishes a GitHub Release with the record as its text (rule N3); needs GITHUB_TOKEN.");

export type NotesConfig = z.infer<typeof notesSchema>;
