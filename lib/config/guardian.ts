import { z } from "zod";
import { nameSchema } from "./names";
import type { StackConfig } from "./stack-config";

const mountedSecret = z.strictObject({ secret: nameSchema, key: z.string().min(1) });

export const guardianSchema = z
  .strictObject({
    image: nameSchema.describe(
      "Which of `slipway:images` it runs: the engine's, as tools/images/engine/Dockerfile builds it.",
    ),
    uri: mountedSecret.describe(
      "`secret` and `key` of a Kubernetes Secret in the namespace: the release's own user, at the address that pods reach the server by.",
    ),
    canary: mountedSecret.optional().describe("The same for the ordinary writer, where the store names one."),
    readyWithin: z
      .number()
      .int()
      .min(10)
      .default(120)
      .describe("Seconds until it must be on watch; else the release is refused before writes are closed."),
    within: z
      .number()
      .int()
      .min(60)
      .default(14_400)
      .describe("Seconds that it stays at most: more than rehearsal and roll-out take together."),
  })
  .describe(
    "A Job in the cluster that outlives whoever releases, and takes the release back when nobody else does (rules N15, N16).",
  );

export type GuardianConfig = z.infer<typeof guardianSchema>;

/** What of a guardian does not fit to the rest of the file. */
export function* guardianContradictions({
  data: { guardian, store, confirmWithin },
  images,
}: Pick<StackConfig, "data" | "images">): Generator<Contradiction> {
  if (!guardian) return;
  if (!Object.hasOwn(images, guardian.image))
    yield contradiction("image", `one of slipway:images (${Object.keys(images).join(", ")})`);
  if (store.canary !== undefined && guardian.canary === undefined)
    yield contradiction(
      "canary",
      "a Secret for the canary that `store` names: it proves that writes are open",
    );
  if (guardian.within <= confirmWithin)
    yield contradiction("within", `more than slipway:data.confirmWithin (${confirmWithin})`);
}

interface Contradiction {
  readonly code: "custom";
  readonly path: readonly string[];
  readonly message: string;
}

function contradiction(key: string, message: string): Contradiction {
  return { code: "custom", path: ["data", "guardian", key], message };
}
