import { z } from "zod";

/** On a Deployment while the red button is pressed: what it ran, and who stopped it (rule H24). */
export const stoppedAnnotation = "slipway.dev/stopped";

const stoppedSchema = z.strictObject({
  replicas: z.number().int().min(0),
  by: z.string(),
  at: z.string(),
  reason: z.string(),
});

/** What a stopped Deployment says of itself. */
export type Stopped = Readonly<z.infer<typeof stoppedSchema>>;

/** What the annotation says; undefined where nobody stopped it, or where it says something else. */
export function stoppedOf(annotations: Readonly<Record<string, string>> | undefined): Stopped | undefined {
  const text = annotations?.[stoppedAnnotation];
  if (text === undefined) return undefined;
  try {
    return stoppedSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
