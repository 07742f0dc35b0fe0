import { z } from "zod";
import { laneKinds } from "./gates-lane";
import { nameSchema } from "./names";

/** A program and its arguments, without a shell; `{title}`, `{message}`, `{start}` and `{end}` stand for the maintenance's own. */
const command = z.array(z.string().min(1).max(4000)).min(1).max(50);
const starting = command.refine(
  (words) => ["{title}", "{message}"].every((wanted) => words.some((word) => word.includes(wanted))),
  "a command with {title} and {message}: all services tell users the same (rule A12)",
);

const commands = {
  start: starting.describe(
    'Starts it. Example: ["python", "manage.py", "maintenance", "start", "--title", "{title}", "--message", "{message}"]',
  ),
  stop: command.describe(
    "Ends it; with {title} that one alone, without it all that is on, and then it is run only where ours alone is on (rule A18).",
  ),
  show: command.describe(
    'Prints what is on as JSON: [{"title": "…", "message": "…", "start": "…", "end": null}]; only `title` is needed.',
  ),
  dryRun: starting.optional().describe("Run by `pulumi preview`: the start, without effect (rule A12)."),
};

const maintainedSchema = z.discriminatedUnion("in", [
  z
    .strictObject({
      in: z.literal("pod"),
      service: nameSchema
        .optional()
        .describe("Which of slipway:services; without it the one of the same name."),
      container: nameSchema.optional().describe("Container of the pod; without it the first."),
      ...commands,
    })
    .describe("The commands are run in a pod of the service."),
  z
    .strictObject({ in: z.literal("process"), ...commands })
    .describe("The commands are run on the machine that releases, in the project's folder."),
]);

export const maintenanceSchema = z
  .strictObject({
    name: z
      .string()
      .trim()
      .min(1)
      .max(80)
      .optional()
      .describe("The system as its users know it; without it slipway:system. Example: Atmosphere"),
    services: z
      .record(nameSchema, maintainedSchema)
      .refine((services) => Object.keys(services).length > 0, "at least one service")
      .describe(
        "The services that users find closed, in the order in which they are closed (rules A12, A13).",
      ),
    minutes: z
      .number()
      .int()
      .min(1)
      .max(14 * 24 * 60)
      .default(45)
      .describe("How long users are told that it takes, where no slipway:window is on."),
    zone: z
      .string()
      .min(1)
      .default("UTC")
      .describe("Zone of the times that users are told, where there is no slipway:window."),
    lanes: z
      .array(z.enum(laneKinds))
      .default(["normal", "emergency", "first-time"])
      .describe("Releases that need it; a hot-fix rolls while users work on (rule A19)."),
    onFailure: z
      .enum(["keep", "stop"])
      .default("keep")
      .describe(
        "After a release that failed: `keep` it until somebody has looked (rule A17), or `stop` it as soon as the old release serves again.",
      ),
    timeout: z.number().int().min(1).max(3600).default(60).describe("Seconds that one command may take."),
  })
  .describe("Maintenance in several services while a release is under way: in all or in none (rule A12).");

export type MaintenanceConfig = Readonly<z.infer<typeof maintenanceSchema>>;
export type MaintainedConfig = MaintenanceConfig["services"][string];

interface Contradiction {
  readonly code: "custom";
  readonly path: readonly string[];
  readonly message: string;
}

/** Commands can only be run in pods of services that the stack has. */
export function maintenanceContradictions(
  maintenance: MaintenanceConfig,
  services: Readonly<Record<string, unknown>>,
): readonly Contradiction[] {
  return Object.entries(maintenance.services).flatMap(([name, maintained]) => {
    if (maintained.in !== "pod" || Object.hasOwn(services, maintained.service ?? name)) return [];
    const path = ["maintenance", "services", name, "service"];
    return [
      {
        code: "custom" as const,
        path,
        message: `one of slipway:services (${Object.keys(services).join(", ")})`,
      },
    ];
  });
}
