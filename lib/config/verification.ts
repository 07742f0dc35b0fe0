import { z } from "zod";
import { nameSchema } from "./names";

export const verificationSchema = z
  .strictObject({
    answers: z
      .array(
        z.strictObject({
          service: nameSchema.describe(
            "Service that is asked; every pod of it, through the cluster's API server.",
          ),
          path: z.string().startsWith("/").describe("Example: /version"),
          url: z
            .url()
            .optional()
            .describe(
              "Asks here instead of in the pods: a public address. Example: https://api.microbiomedata.org",
            ),
          release: z
            .string()
            .optional()
            .describe("Member of the answer that must be the release's version. Example: version"),
          schema: z
            .string()
            .optional()
            .describe("Member of the answer that must be the schema's version. Example: schema"),
        }),
      )
      .default([])
      .describe("HTTP questions whose answers must be right (rule N5)."),
    smoke: z
      .strictObject({
        command: z.string().min(1),
        timeout: z.number().int().min(1).default(600).describe("Seconds."),
      })
      .optional()
      .describe("A local command that must succeed after the roll-out; run by @pulumi/command."),
    within: z.number().int().min(1).default(120).describe("Seconds until the answers must be right."),
  })
  .describe("What is asked of the running system before writes open (rule N5).");

export type VerificationConfig = z.infer<typeof verificationSchema>;
