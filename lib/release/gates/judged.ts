import { z } from "zod";
import { gateIds } from "./catalogue";
import type { Report } from "./judge";
import { verdicts } from "./judgement";

/** A report as `slipway check --json` prints it, read back for the record; what the gates found is kept as it is. */
export const judgedSchema: z.ZodType<Report> = z.object({
  environment: z.string(),
  release: z.string(),
  hash: z.string(),
  at: z.iso.datetime({ offset: true }),
  phase: z.enum(["before", "after"]),
  verdict: z.enum(verdicts),
  services: z.array(z.any()).default([]),
  gates: z.array(
    z.object({
      id: z.enum(gateIds as [(typeof gateIds)[number], ...typeof gateIds]),
      title: z.string(),
      verdict: z.enum(verdicts),
      judgements: z.array(z.any()),
      overridden: z.array(z.any()),
      setAside: z.string().optional(),
    }),
  ),
});
