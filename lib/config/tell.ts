import { z } from "zod";

export const tellSchema = z
  .strictObject({
    webhook: z
      .strictObject({
        env: z.string().regex(/^[A-Z_][A-Z0-9_]*$/, "the name of an environment variable"),
      })
      .optional()
      .describe(
        'Environment variable with an address that takes {"text": "…"}, as Slack\'s incoming webhooks do. Unset: nobody is told.',
      ),
    command: z
      .array(z.string().min(1).max(4000))
      .min(1)
      .max(50)
      .refine((words) => words.some((word) => word.includes("{text}")), "a command with {text}")
      .optional()
      .describe(
        'A program, without a shell; {state} is started, failed or ready. Example: ["notify", "{text}"]',
      ),
  })
  .describe(
    "Tells people that a release started, failed, or is ready (rule F26); what cannot be told stops nothing.",
  );
