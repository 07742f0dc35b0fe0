import { z } from "zod";

const valueKey = z
  .string()
  .regex(
    /^[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)*$/,
    "a key of the chart's values, with dots where it lies deeper",
  );

const keysSchema = z
  .strictObject({
    image: valueKey.default("image").describe("Gets `repository:tag@digest` (rules H13, X1)."),
    replicas: valueKey.default("replicas").describe("Gets the service's `replicas` (rule H11)."),
    release: valueKey
      .default("release")
      .describe("Gets the release's record; the chart writes it as an annotation of its workload."),
    restartedFor: valueKey
      .default("restartedFor")
      .describe("Gets what `restartsWith` says; the chart writes it as annotations of its pods (rule H19)."),
  })
  .prefault({});

export const chartSchema = z
  .strictObject({
    from: z
      .string()
      .min(1)
      .describe(
        "Folder of the chart, relative to Pulumi.yaml, or a chart in a registry. Example: charts/ingest-core, oci://quay.io/ebi-ait/ingest-core",
      ),
    version: z
      .string()
      .regex(/^\d+\.\d+\.\d+([-+][\w.+-]+)?$/, "an exact version, such as 1.0.0")
      .optional()
      .describe("Version of a chart in a registry; a chart in a folder has its own."),
    values: z
      .record(z.string(), z.json())
      .default({})
      .describe("This environment's values, as they would stand in a values file. Never secrets."),
    keys: keysSchema.describe("Under which values the chart takes what the release decides."),
  })
  .refine(({ from, version }) => isInRegistry(from) === (version !== undefined), {
    path: ["version"],
    message: "an exact version for a chart in a registry (oci://…), and none for a chart in a folder",
  })
  .describe("A Helm chart that makes this service's workload, of the service's name and kind (rule H13).");

export type ChartConfig = z.infer<typeof chartSchema>;

/** Whether a chart comes from a registry, and not from a folder beside Pulumi.yaml. */
export function isInRegistry(from: string): boolean {
  return from.startsWith("oci://");
}
