import { z } from "zod";

/** A name that Kubernetes takes as it is: the same in config, cluster, output and docs. */
export const nameSchema = z
  .string()
  .regex(
    /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
    "a lower-case name: letters, digits and dashes, at most 63 characters",
  );
