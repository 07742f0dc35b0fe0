import { z } from "zod";

/** Where a secret comes from; a secret in clear is never accepted (rule X5). */
export const secretSchema = z
  .union([
    z.strictObject({ env: z.string().regex(/^[A-Z_][A-Z0-9_]*$/, "the name of an environment variable") }),
    z.strictObject({ secret: z.string().regex(/^[a-zA-Z][a-zA-Z0-9]*$/, "the name of a secret config key") }),
    z.literal("embedded"),
  ])
  .describe(
    "`env: NAME` (an environment variable of whoever runs), `secret: KEY` (set with `pulumi config set --secret slipway:KEY`), or `embedded`.",
  );

export type SecretConfig = z.infer<typeof secretSchema>;
