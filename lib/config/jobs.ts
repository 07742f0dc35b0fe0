import { z } from "zod";
import { environmentSchema } from "./container-env";
import { nameSchema } from "./names";

const jobSchema = z
  .strictObject({
    image: nameSchema.describe("Which of `slipway:images` it runs."),
    command: z.array(z.string()).min(1).optional().describe("Replaces the image's entry point."),
    args: z.array(z.string()).min(1).optional().describe("Arguments of the entry point."),
    env: environmentSchema,
    retries: z.number().int().min(0).max(20).default(0).describe("How often a failed pod is tried again."),
    within: z.number().int().min(1).default(600).describe("Seconds until it counts as failed."),
  })
  .describe("Work that runs once per release, to its end, before any workload rolls out (rule F23).");

export const jobsSchema = z
  .record(nameSchema, jobSchema)
  .default({})
  .describe("Jobs before the roll-out; one that fails stops the release, and everything goes back.");

export type JobConfig = z.infer<typeof jobSchema>;
