import { z } from "zod";
import { nameSchema } from "./names";

/** An image built by the stack itself; only where an engine is at hand, never in production. */
const build = z
  .strictObject({
    context: z
      .string()
      .min(1)
      .describe("Folder of the build context, relative to Pulumi.yaml. Example: ../nmdc-runtime"),
    dockerfile: z
      .string()
      .min(1)
      .optional()
      .describe("Dockerfile, relative to the context. Default: Dockerfile"),
    target: z.string().min(1).optional().describe("Target of the Dockerfile. Example: fastapi"),
    args: z.record(z.string(), z.string()).optional().describe("Build arguments. Never secrets."),
  })
  .describe("Builds the image in this stack (needs a Docker engine); leave it out where a digest is pinned.");

/** An image that is other images of the stack, one upon the other; `slipway compose` makes and pins it. */
const composed = z
  .strictObject({
    from: z
      .array(nameSchema)
      .min(2)
      .describe(
        "Images of slipway:images; the first is the base, and how it is started. Example: [backend, frontend]",
      ),
    environment: z
      .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "the name of an environment variable"), z.string())
      .default({})
      .describe(
        "Baked in (rule F10); `{backend.tag}`, `{backend.namespace}` and `{backend.digest}` stand for what is pinned.",
      ),
  })
  .describe("Made of other images of this stack, without a container engine (rules F1, F10).");

export const imageSchema = z
  .strictObject({
    repository: z
      .string()
      .regex(
        /^[a-z0-9][a-z0-9._:/-]*[a-z0-9]$/,
        "a repository without tag or digest, such as ghcr.io/org/name",
      )
      .describe("Repository, without tag or digest. Example: ghcr.io/microbiomedata/nmdc-runtime-fastapi"),
    tag: z
      .string()
      .regex(
        /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/,
        "an image tag: letters, digits, dot, dash, underscore; at most 128",
      )
      .describe("Tag that people know the image by. Example: v2.19.0"),
    digest: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/, "sha256: and 64 hexadecimal digits, as the registry gives it")
      .optional()
      .describe("What really runs. `slipway pin <environment>` asks the registry for it."),
    commit: z
      .string()
      .regex(/^[0-9a-f]{7,40}$/, "a git commit id of 7 to 40 hexadecimal digits")
      .optional()
      .describe("Commit that the image was built from."),
    build: build.optional(),
    composed: composed.optional(),
  })
  .describe("One image, pinned (rules N4, X1).");

export type ImageConfig = z.infer<typeof imageSchema>;
export type BuildConfig = z.infer<typeof build>;
