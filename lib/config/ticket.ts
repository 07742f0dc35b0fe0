import { z } from "zod";
import type { ForgeConfig } from "./gates-forge";
import type { GateConfig } from "./gates";
import { nameSchema } from "./names";

const login = z.string().trim().min(1).max(100);

export const ticketSchema = z
  .strictObject({
    source: nameSchema
      .optional()
      .describe("Which of slipway:sources keeps the tickets; without it the last one."),
    board: z.string().trim().min(1).optional().describe("Project board on which it lies. Example: Stack"),
    lane: z
      .string()
      .trim()
      .min(1)
      .optional()
      .describe("Lane of that board; without it gates.places.ticketLane. Example: push to production"),
    assignees: z.array(login).min(1).describe("Who must act; those whom people add stay."),
    labels: z.array(login).default([]).describe("Labels; those that people add stay."),
    contains: z
      .array(z.number().int().min(1))
      .default([])
      .describe("Numbers of the issues that the release contains; those that people add to the ticket stay."),
  })
  .describe(
    "One ticket per release, created or updated when it is released; one comment per environment says that it is ready, or failed (rule F17).",
  );

export type TicketConfig = Readonly<z.infer<typeof ticketSchema>>;

/** What a ticket is made from, as the stack file says it. */
export interface TicketRequest {
  readonly forge: ForgeConfig;
  readonly release: string;
  /** What the release is made of. Example: `{ backend: "2026.07.1" }`. */
  readonly versions: Readonly<Record<string, string>>;
  readonly contains: readonly number[];
  readonly assignees: readonly string[];
  readonly labels: readonly string[];
  readonly place?: { readonly board: string; readonly lane: string };
}

interface Contradiction {
  readonly code: "custom";
  readonly path: readonly string[];
  readonly message: string;
}

/** A ticket needs a forge that keeps it, and one lane that all of the file agrees on. */
export function ticketContradictions({
  ticket,
  sources,
  gates,
}: Pick<GateConfig, "sources" | "gates"> & { readonly ticket: TicketConfig }): readonly Contradiction[] {
  const at = (key: string, message: string): Contradiction => ({
    code: "custom",
    path: ["ticket", key],
    message,
  });
  const withForge = Object.entries(sources).flatMap(([name, { forge }]) => (forge ? [name] : []));
  const { ticketLane } = gates.places;
  return [
    ...(forgeOf({ ticket, sources }) === undefined
      ? [at("source", `one of slipway:sources with a forge (${withForge.join(", ") || "there is none yet"})`)]
      : []),
    ...(ticket.lane !== undefined && ticketLane !== undefined && ticket.lane !== ticketLane
      ? [at("lane", `the lane that gates.places.ticketLane names too: ${ticketLane}`)]
      : []),
    ...((ticket.lane ?? ticketLane) !== undefined && ticket.board === undefined
      ? [at("board", "the board of the lane")]
      : []),
  ];
}

/** The forge that keeps the tickets. */
export function forgeOf({
  ticket,
  sources,
}: Pick<GateConfig, "sources"> & { readonly ticket?: TicketConfig | undefined }): ForgeConfig | undefined {
  const name = ticket?.source ?? Object.keys(sources).at(-1);
  return name === undefined ? undefined : sources[name]?.forge;
}
