import { IANAZone } from "luxon";
import { z } from "zod";
import { gateIds } from "../release/gates/catalogue";
import { presetNames } from "../release/gates/presets/presets";
import { laneSchema, promotionSchema } from "./gates-lane";
import { peopleSchema, personSchema } from "./gates-people";
import { sourcesSchema } from "./gates-sources";
import { freezesSchema, noticeSchema, windowSchema } from "./gates-time";
import { nameSchema } from "./names";

const gateId = z.enum(gateIds as [(typeof gateIds)[number], ...typeof gateIds]);

const overrideSchema = z.strictObject({
  gate: gateId,
  of: z.string().min(1).optional().describe("Only for this source, image or role."),
  reason: z.string().trim().min(1).max(500),
  by: personSchema,
  until: z.iso.datetime({ offset: true }).optional().describe("From then on it refuses again."),
});

const limitsSchema = z.strictObject({
  budgetMinutes: z
    .number()
    .int()
    .min(1)
    .default(45)
    .describe("What a release needs, with its verification (rule F19)."),
  backupMinutes: z.number().int().min(1).default(60).describe("Oldest backup (rule F24)."),
  candidateDays: z
    .number()
    .min(0)
    .default(7)
    .describe("Youngest release candidate without a warning (rule A6)."),
  copyHours: z
    .number()
    .min(0)
    .default(24)
    .describe("Oldest copy of production that it was tried on (rule F16)."),
  restoredAtLeast: z
    .record(z.string().min(1), z.number().int().min(0))
    .default({})
    .describe(
      "Documents that a restored backup holds at least (rule H21). Example: { submissionEnvelope: 100 }",
    ),
  vulnerabilities: z
    .strictObject({
      low: z.number().int().min(0),
      medium: z.number().int().min(0),
      high: z.number().int().min(0),
      critical: z.number().int().min(0),
    })
    .partial()
    .default({})
    .describe(
      "How many of each severity an image may have; without a number they are only recorded (rule F25).",
    ),
  unchangedPins: z
    .enum(["warn", "refuse"])
    .default("warn")
    .describe("What a release that changes no part gets (rule F8)."),
  iterationZero: z.boolean().default(false).describe("Whether ITERATION may be 0 (rule F2)."),
  clockSeconds: z
    .number()
    .min(1)
    .default(60)
    .describe("By how much this machine's clock may be off (rule W3)."),
});

const placesSchema = z.strictObject({
  namespaces: z
    .array(nameSchema)
    .default([])
    .describe("Namespaces that this environment may use (rules F14, H10)."),
  context: z.string().min(1).optional().describe("Kubeconfig context of this environment (rule H10)."),
  deploymentBranch: z.string().min(1).optional().describe("Branch of the deployment repository (rule H12)."),
  secretsReference: z
    .string()
    .min(1)
    .optional()
    .describe("Where this environment's secrets come from (rule A10). Example: prod"),
  secretsCheckout: z
    .string()
    .min(1)
    .optional()
    .describe("Folder of the secrets' repository; its branch must be secretsReference (rule A10)."),
  ticketLane: z
    .string()
    .min(1)
    .optional()
    .describe("Lane that release tickets lie in (rule F17). Example: push to production"),
  issueLanes: z
    .array(z.string().min(1))
    .default([])
    .describe("Lanes that released issues may lie in (rule F17)."),
});

const command = z.string().trim().min(1).max(1000);

const scan = z
  .union([z.literal("attached"), z.string().includes("{digest}")], {
    error: "`attached`, or a path with {digest} in it, so that no report speaks for another image",
  })
  .describe(
    'SARIF report of an image: `attached` to it in its registry, or a file of this folder. Example: "scans/{digest}.sarif"',
  );

/** Facts that only the system's own people can tell: commands that print them as JSON. */
const evidenceSchema = z.strictObject({
  backups: command
    .optional()
    .describe(
      "Prints the backups: [{store, name, at, bytes, hash, restored?: {at, counts}}] (rules F24, H20, H21).",
    ),
  rehearsal: command
    .optional()
    .describe("Prints the copy it was tried on: {copiedAt, freshVolume} or null (rule F16)."),
  pending: command.optional().describe("Prints pending change sets: [{id, order, author}] (rule H23)."),
  maintenance: command
    .optional()
    .describe("Prints maintenance that is on: [{service, title, since}] (rule A18)."),
  published: command
    .optional()
    .describe("Succeeds when the package is published; what it prints is the evidence (rule N4)."),
  scans: z
    .record(nameSchema, scan)
    .default({})
    .describe("Scanner reports by image (rule F25). Example: { stack: attached }"),
});

const zoneName = z
  .string()
  .refine((name) => IANAZone.isValidZone(name), "an IANA zone, such as America/Phoenix");

const gatesSchema = z
  .strictObject({
    preset: z.enum(presetNames).default("none").describe("The gates of a system whose rules are known."),
    site: z.enum(["cyverse", "jetstream"]).optional().describe("Whose users are told (rules A2 to A5)."),
    zone: zoneName
      .optional()
      .describe("IANA zone whose months count (rule F2); the window's, or UTC, where none is named."),
    add: z.array(gateId).default([]).describe("Further gates."),
    override: z
      .array(overrideSchema)
      .default([])
      .describe("Refusals that a person accepts for this release; each is recorded."),
    limits: limitsSchema.prefault({}),
    evidence: evidenceSchema.prefault({}).describe("Commands that tell facts."),
    clock: z
      .url()
      .optional()
      .describe(
        "Server whose Date this machine's clock is compared with (rule W3). Default: the first forge's.",
      ),
    places: placesSchema.prefault({}),
  })
  .prefault({})
  .describe("The gates of this environment, judged at every `pulumi up`.");

/** The sections of a stack file that gates, people, windows and promotion need; the stack's schema takes them in. */
export const gateSections = {
  sources: sourcesSchema,
  gates: gatesSchema,
  people: peopleSchema,
  window: windowSchema,
  notice: noticeSchema,
  freezes: freezesSchema,
  promotion: promotionSchema,
  lane: laneSchema,
};

/** These sections, checked, with their defaults. */
export type GateConfig = Readonly<z.infer<z.ZodObject<typeof gateSections>>>;
