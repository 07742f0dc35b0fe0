import { z } from "zod";
import { nameSchema } from "./names";

const quantity = z
  .string()
  .regex(/^[0-9]+(\.[0-9]+)?(m|Ki|Mi|Gi|Ti)?$/, "a Kubernetes quantity, such as 500m or 2Gi");
const resources = z.strictObject({ cpu: quantity.optional(), memory: quantity.optional() });

/** How readiness is asked for. */
const probe = z.strictObject({
  path: z
    .string()
    .startsWith("/")
    .optional()
    .describe("HTTP path that answers 200 when ready; without it, the TCP port. Example: /health"),
  delay: z.number().int().min(0).default(0).describe("Seconds before the first question."),
  period: z.number().int().min(1).default(2).describe("Seconds between questions."),
  failures: z.number().int().min(1).default(30).describe("Questions that may fail in a row."),
});

export const serviceSchema = z
  .strictObject({
    image: nameSchema.describe("Which of `slipway:images` it runs."),
    kind: z.enum(["Deployment", "StatefulSet"]).default("Deployment"),
    replicas: z.number().int().min(1).default(1),
    port: z
      .number()
      .int()
      .min(1)
      .max(65535)
      .optional()
      .describe("Port that it serves; without one it gets no Service."),
    ready: probe.optional().describe("Readiness; needs a port."),
    command: z.array(z.string()).min(1).optional().describe("Replaces the image's entry point."),
    env: z
      .record(
        z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "the name of an environment variable"),
        z.union([z.string(), z.strictObject({ secret: nameSchema, key: z.string().min(1) })]),
      )
      .default({})
      .describe(
        "Plain values, or `secret` and `key` of a Kubernetes Secret in the namespace. Never a secret in clear.",
      ),
    requests: resources.optional(),
    limits: resources.optional(),
    strategy: z
      .enum(["rolling", "stop-first"])
      .default("rolling")
      .describe("`stop-first` stops the old pods before the new start."),
    readyWithin: z
      .number()
      .int()
      .min(1)
      .default(600)
      .describe("Seconds until the roll-out counts as failed."),
  })
  .refine((service) => service.ready === undefined || service.port !== undefined, {
    path: ["port"],
    message: "a port, since `ready` asks there",
  })
  .describe("One workload of the system.");

export type ServiceConfig = z.infer<typeof serviceSchema>;
