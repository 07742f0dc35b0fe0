import { z } from "zod";
import { chartSchema } from "./charts";
import { environmentSchema } from "./container-env";
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
    env: environmentSchema,
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
    restartsWith: z
      .array(nameSchema)
      .min(1)
      .optional()
      .describe(
        "Services whose new image restarts this one too, after they are ready: it holds their data in a cache (rule H19). Example: [ontology]",
      ),
    chart: chartSchema.optional(),
  })
  .refine((service) => service.ready === undefined || service.port !== undefined, {
    path: ["port"],
    message: "a port, since `ready` asks there",
  })
  .superRefine((service, context) => {
    if (service.chart === undefined) return;
    for (const key of writtenByCharts.filter((name) => service[name] !== undefined))
      context.addIssue({
        code: "custom",
        path: [key],
        message: "nothing here: with a chart it is one of chart.values",
      });
    if (Object.keys(service.env).length > 0)
      context.addIssue({
        code: "custom",
        path: ["env"],
        message: "nothing here: with a chart it is one of chart.values",
      });
  })
  .describe("One workload of the system.");

/** What a chart's own templates say of its pods. */
const writtenByCharts = ["ready", "command", "requests", "limits"] as const;

export type ServiceConfig = z.infer<typeof serviceSchema>;
