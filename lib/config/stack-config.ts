import { z } from "zod";
import { Refusal } from "../problem";
import { pinFaults } from "../release/invariants/pinned";
import { clusterSchema } from "./cluster";
import { dataSchema } from "./data";
import { executionContradictions } from "./execution";
import { gateSections } from "./gates";
import { gateContradictions } from "./gates-contradictions";
import { guardianContradictions } from "./guardian";
import { imageSchema } from "./images";
import { jobsSchema } from "./jobs";
import { maintenanceContradictions, maintenanceSchema } from "./maintenance";
import { nameSchema } from "./names";
import { notesSchema } from "./notes";
import { problemsOf } from "./problems";
import { recordsSchema } from "./records";
import { serviceSchema } from "./services";
import { storeContradictions } from "./store";
import { tellSchema } from "./tell";
import { ticketContradictions, ticketSchema } from "./ticket";
import { verificationSchema } from "./verification";
import { workloadContradictions } from "./workload-contradictions";

/** All that may stand under `slipway:` in a `Pulumi.<environment>.yaml`; an unknown key is refused. */
export const stackConfigSchema = z.strictObject({
  system: nameSchema.describe("The system that is released. Example: nmdc-runtime"),
  environment: nameSchema.describe("This environment; the stack's name. Example: dev"),
  grade: z
    .enum(["development", "staging", "production"])
    .describe(
      "How strict this environment is: staging and production run digests only, production no moving tag and no build.",
    ),
  release: z
    .string()
    .min(1)
    .max(128)
    .describe("Version of this release, as its people write it. Example: v2.19.0"),
  cluster: clusterSchema,
  images: z.record(nameSchema, imageSchema).describe("The pins. A code release is a change here."),
  services: z.record(nameSchema, serviceSchema),
  jobs: jobsSchema,
  data: dataSchema,
  verification: verificationSchema.prefault({}),
  notes: notesSchema.optional(),
  maintenance: maintenanceSchema.optional(),
  ticket: ticketSchema.optional(),
  records: recordsSchema.optional(),
  tell: tellSchema.optional(),
  ...gateSections,
});

/** A whole stack file, checked; what is optional has its default. */
export type StackConfig = Readonly<z.infer<typeof stackConfigSchema>>;

interface Contradiction {
  readonly code: "custom";
  readonly path: readonly string[];
  readonly message: string;
}

/** What no single key can tell: parts of the file that do not fit together. Judged on the sections that are well-formed. */
function contradictions(config: Partial<StackConfig>): readonly Contradiction[] {
  const { grade, images, services, jobs, data, verification, maintenance, ticket, sources, gates } = config;
  return [
    ...(grade && images ? imageContradictions({ grade, images }) : []),
    ...(data ? storeContradictions(data.store) : []),
    ...(data && images ? executionContradictions({ data, images }) : []),
    ...(data && images ? guardianContradictions({ data, images }) : []),
    ...(images && services ? workloadContradictions({ images, services, jobs: jobs ?? {} }) : []),
    ...(services && verification ? verificationContradictions({ services, verification }) : []),
    ...(maintenance && services ? maintenanceContradictions(maintenance, services) : []),
    ...(ticket && sources && gates ? ticketContradictions({ ticket, sources, gates }) : []),
    ...gateContradictions(config),
  ];
}

function* imageContradictions({
  grade,
  images,
}: Pick<StackConfig, "grade" | "images">): Generator<Contradiction> {
  for (const [name, image] of Object.entries(images)) {
    const faults = pinFaults(grade, { tag: image.tag, digest: image.digest });
    const unpinned = grade === "development" ? image.digest === undefined : faults.includes("no digest");
    if (unpinned && image.build === undefined) {
      yield {
        code: "custom",
        path: ["images", name, "digest"],
        message: "a digest (`slipway pin` fills it in), or `build` in a development stack",
      };
    }
    if (image.build !== undefined && grade !== "development") {
      yield {
        code: "custom",
        path: ["images", name, "build"],
        message: `no build in a ${grade} stack: pin what was built before`,
      };
    }
    if (faults.includes("a moving tag")) {
      yield {
        code: "custom",
        path: ["images", name, "tag"],
        message: "the tag of one release: this one moves (rules N4, X1)",
      };
    }
  }
}

function* verificationContradictions({
  services,
  verification,
}: Pick<StackConfig, "services" | "verification">): Generator<Contradiction> {
  for (const [index, answer] of verification.answers.entries()) {
    if (services[answer.service]?.port === undefined) {
      const serving = Object.entries(services).flatMap(([name, service]) =>
        service.port === undefined ? [] : [name],
      );
      yield {
        code: "custom",
        path: ["verification", "answers", String(index), "service"],
        message: `a service with a port (${serving.join(", ")})`,
      };
    }
  }
}

/**
 * Checks all of a stack's `slipway:` config.
 * @param raw the values by key, without the `slipway:` prefix; secret keys that the config names may stand among them.
 * @param file the stack file, for messages. Example: `Pulumi.dev.yaml`.
 * @throws Refusal with every problem at once.
 */
export function parseStackConfig(raw: Readonly<Record<string, unknown>>, file: string): StackConfig {
  const named = secretKeys(raw);
  const checked = Object.fromEntries(Object.entries(raw).filter(([key]) => !named.has(key)));
  const result = stackConfigSchema.safeParse(checked);
  const problems = [
    ...(result.success ? [] : problemsOf(result.error.issues, checked, file)),
    ...problemsOf(contradictions(result.data ?? wellFormed(checked)), checked, file),
  ];
  if (problems.length > 0 || !result.success) throw new Refusal(file, problems);
  return result.data;
}

/** The sections that are right by themselves, so that one mistake does not hide the contradictions elsewhere. */
function wellFormed(raw: Readonly<Record<string, unknown>>): Partial<StackConfig> {
  const parsed = Object.entries(stackConfigSchema.shape).map(
    ([key, schema]) => [key, schema.safeParse(raw[key]).data] as const,
  );
  return Object.fromEntries(parsed);
}

/** Keys that some `secret: KEY` refers to: they hold secrets, so nothing here looks at them. */
function secretKeys(value: unknown): ReadonlySet<string> {
  if (typeof value !== "object" || value === null) return new Set();
  const inner = Object.values(value).flatMap((member) => [...secretKeys(member)]);
  const own = (value as { secret?: unknown; key?: unknown }).secret;
  const refers = typeof own === "string" && Object.keys(value).length === 1;
  return new Set(refers ? [own, ...inner] : inner);
}

/** The JSON Schema of a stack file, for editors. */
export function stackFileJsonSchema(): object {
  const members = z.toJSONSchema(stackConfigSchema, { io: "input", unrepresentable: "any" }) as {
    properties: Record<string, object>;
    required: readonly string[];
  };
  const prefixed = Object.fromEntries(
    Object.entries(members.properties).map(([key, value]) => [`slipway:${key}`, value]),
  );
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A Slipway stack file",
    type: "object",
    required: ["config"],
    properties: {
      config: {
        type: "object",
        properties: prefixed,
        required: members.required.map((key) => `slipway:${key}`),
      },
    },
  };
}
