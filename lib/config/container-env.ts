import { z } from "zod";
import { nameSchema } from "./names";

/** The environment of a container. */
export const environmentSchema = z
  .record(
    z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "the name of an environment variable"),
    z.union([z.string(), z.strictObject({ secret: nameSchema, key: z.string().min(1) })]),
  )
  .default({})
  .describe(
    "Plain values, or `secret` and `key` of a Kubernetes Secret in the namespace. Never a secret in clear.",
  );

export type EnvironmentConfig = z.infer<typeof environmentSchema>;
