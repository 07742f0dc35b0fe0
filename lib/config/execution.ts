import { z } from "zod";
import { mebibytes, memoryNeeded, threadsFor } from "../data/spread/memory";
import type { ExecutionSpec } from "../data/protocol";
import { nameSchema } from "./names";
import type { DigestedImage } from "./release-inputs";
import { secretSchema } from "./secrets";
import type { StackConfig } from "./stack-config";
import { secretSource } from "./store-spec";

export const executionSchema = z
  .strictObject({
    kind: z.literal("kubernetes"),
    workers: z.number().int().min(1).max(1000).describe("Pods at work at the same time. Example: 4"),
    image: nameSchema.describe(
      "Which of `slipway:images` they run: the engine's, as tools/images/engine/Dockerfile builds it.",
    ),
    claim: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?$/, "the name of a claim")
      .optional()
      .describe(
        "PersistentVolumeClaim (ReadWriteMany) of the volume that `dump.keep` lies on; workers mount it at that very path.",
      ),
    uri: secretSchema
      .optional()
      .describe(
        "Connection string of the release's own user as pods reach the server. Default: the store's.",
      ),
    resources: z
      .strictObject({
        cpu: z
          .string()
          .regex(/^[1-9][0-9]*m?$/, "cores, such as 2, or thousandths of one, such as 500m")
          .default("1"),
        memory: z
          .string()
          .regex(/^[1-9][0-9]*[MG]i$/, "a size such as 512Mi or 2Gi")
          .default("1Gi"),
      })
      .prefault({})
      .describe("What each pod asks for and may take; one thread for each core."),
    segment: z
      .number()
      .int()
      .min(1)
      .max(1024)
      .default(64)
      .describe("MiB that a worker takes at a time, and does again when it dies."),
    within: z
      .number()
      .int()
      .min(60)
      .default(21_600)
      .describe("Seconds after which a stage that has not ended is given up, and the release with it."),
  })
  .describe("Pods do the work on the documents; without it the engine's own process does (docs/scale.md).");

export type ExecutionConfig = z.infer<typeof executionSchema>;

/** The execution as the engine is told of it. */
export function executionSpec(
  { data: { execution }, images }: StackConfig,
  digests: readonly DigestedImage[],
): ExecutionSpec | undefined {
  if (!execution) return undefined;
  const { uri, image, ...rest } = execution;
  const digest = digests.find(({ name }) => name === image)?.digest ?? "";
  return {
    ...rest,
    image: `${images[image]?.repository ?? ""}@${digest}`,
    ...(uri !== undefined && { uri: secretSource(uri) }),
  };
}

interface Contradiction {
  readonly code: "custom";
  readonly path: readonly string[];
  readonly message: string;
}

/** What of it does not fit to the rest of the file. */
export function* executionContradictions({
  data: { execution, store, dump },
  images,
}: Pick<StackConfig, "data" | "images">): Generator<Contradiction> {
  const contradiction = (key: string, message: string): Contradiction => ({
    code: "custom",
    path: ["data", ...key.split("/")],
    message,
  });
  if (dump.bucket && store.kind !== "mongodb")
    yield contradiction(
      "dump/bucket",
      "a folder with a PostgreSQL store: pg_dump writes files, which pg_restore reads; copy them to a bucket afterwards",
    );
  if (!execution) return;
  if (store.kind !== "mongodb")
    yield contradiction("execution/kind", "none with a PostgreSQL store: its own server does the work");
  if (!Object.hasOwn(images, execution.image))
    yield contradiction("execution/image", `one of slipway:images (${Object.keys(images).join(", ")})`);
  if (!dump.bucket && execution.claim === undefined)
    yield contradiction("execution/claim", "the claim of the volume that dump.keep lies on, or dump.bucket");
  const { cpu, memory } = execution.resources;
  const needed = memoryNeeded(threadsFor(cpu));
  if (mebibytes(memory) < needed.mebibytes)
    yield contradiction("execution/resources/memory", `at least ${needed.mebibytes}Mi: ${needed.formula}`);
}
