import { z } from "zod";
import { forgeSchema } from "./gates-forge";

export const personSchema = z.string().trim().min(1).max(100);

export const peopleSchema = z
  .strictObject({
    crewChief: z.string().optional().describe("Owns the deployment (rule A1)."),
    driver: z.string().optional().describe("Carries it out (rule A1)."),
    reviewers: z
      .number()
      .int()
      .min(0)
      .max(20)
      .default(2)
      .describe("Reviews that are needed, of others than author and last pusher (rule H3)."),
    wranglers: z.array(personSchema).default([]).describe("Who may sign off data (rule H5)."),
    wranglerSignOff: z.enum(["required", "optional"]).default("optional"),
    team: z
      .array(personSchema)
      .default([])
      .describe("Whose word is needed for production (rule H6); everybody's where it is empty."),
    identities: z
      .array(
        z.strictObject({
          name: personSchema,
          github: personSchema.optional(),
          gitlab: personSchema.optional(),
          ssh: personSchema.optional(),
        }),
      )
      .default([])
      .describe("One person's names in other places."),
    reviews: forgeSchema
      .optional()
      .describe("Repository in which changes of this stack file are reviewed (rule H3)."),
    allowedSigners: z
      .string()
      .min(1)
      .optional()
      .describe("File of SSH keys that approvals may be signed with. Example: .slipway/allowed_signers"),
  })
  .prefault({})
  .describe("Who does what, and whose word counts.");
