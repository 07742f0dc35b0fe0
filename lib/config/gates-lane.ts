import { z } from "zod";
import { personSchema } from "./gates-people";
import { nameSchema } from "./names";

export const laneKinds = ["normal", "hot-fix", "emergency", "first-time"] as const;

const oneLane = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("normal") }),
  z
    .strictObject({ kind: z.literal("hot-fix"), reason: z.string().trim().min(1), by: personSchema })
    .describe("Repairs what runs in production (rules F20, A19)."),
  z
    .strictObject({
      kind: z.literal("emergency"),
      reason: z.string().trim().min(1),
      by: personSchema,
      approver: personSchema,
    })
    .describe(
      "The forge is down and it is urgent; the environment is untracked until the next normal release (rule H16).",
    ),
  z
    .strictObject({ kind: z.literal("first-time"), reason: z.string().trim().min(1), by: personSchema })
    .describe("Loads the dumps of the old production (rule A11)."),
]);

export const laneSchema = oneLane.prefault({ kind: "normal" }).describe("The way that this release takes.");

export const promotionSchema = z
  .strictObject({
    chain: z
      .array(nameSchema)
      .default([])
      .describe("The environments in their order. Example: [dev, staging, prod]"),
    soakHours: z
      .number()
      .min(0)
      .default(0)
      .describe("How long a release must have run in the environment before (rule W4)."),
    twoSteps: z.boolean().default(false).describe("`slipway release` comes before `pulumi up` (rule H7)."),
  })
  .prefault({});
