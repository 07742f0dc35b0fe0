import { z } from "zod";
import { nameSchema } from "./names";
import { secretSchema } from "./secrets";

const namespace = nameSchema.describe(
  "Namespace of the system's workloads. It must exist. Example: nmdc-dev",
);

export const clusterSchema = z
  .discriminatedUnion("kind", [
    z
      .strictObject({ kind: z.literal("embedded"), namespace })
      .describe("The embedded environment's own cluster."),
    z
      .strictObject({
        kind: z.literal("context"),
        kubeconfig: z
          .union([
            z.strictObject({ file: z.string().min(1) }),
            secretSchema.options[0],
            secretSchema.options[1],
          ])
          .describe("A file, an environment variable that holds a path, or a secret that holds the text."),
        context: z.string().min(1).describe("Context in that kubeconfig. Example: spin-prod"),
        namespace,
      })
      .describe("A cluster of yours, named by its context."),
  ])
  .describe("The cluster that the workloads run on; nothing else is ever touched.");

export type ClusterConfig = z.infer<typeof clusterSchema>;
