import { z } from "zod";

const envName = z.string().regex(/^[A-Z_][A-Z0-9_]*$/, "the name of an environment variable");

/** A forge's repository, and who asks it. */
export const forgeSchema = z.strictObject({
  kind: z.enum(["github", "gitlab"]),
  project: z.string().regex(/^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)+$/, "owner/name"),
  api: z.url().optional().describe("Address of the forge's API, where it is not the public one."),
  token: z
    .strictObject({ env: envName })
    .optional()
    .describe(
      "Environment variable with a token that may read; GITHUB_TOKEN or GITLAB_TOKEN where none is named.",
    ),
});

export type ForgeConfig = z.infer<typeof forgeSchema>;
