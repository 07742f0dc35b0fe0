import { z } from "zod";
import { laneKinds } from "./gates-lane";

const localTime = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, "a local date and time, such as 2026-11-30T09:00");
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day, such as 09:00");
const day = z.iso.date();
const zone = z.string().min(1).describe("IANA name, such as America/Phoenix, or UTC.");
const oneWindow = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("once"), start: localTime, end: localTime, zone }).describe("One window."),
  z
    .strictObject({
      kind: z.literal("weekly"),
      days: z.array(z.number().int().min(1).max(7)).min(1).describe("1 is Monday, 7 Sunday."),
      from: timeOfDay,
      to: timeOfDay,
      zone,
    })
    .describe("The same window every week; `to` before `from` is on the next day."),
]);

export const windowSchema = oneWindow.optional().describe("When this environment may be changed.");

export const noticeSchema = z
  .strictObject({
    workingDays: z
      .number()
      .int()
      .min(0)
      .max(60)
      .default(2)
      .describe("Last moment for the notice, in working days before the window (rule A2)."),
    target: z
      .number()
      .int()
      .min(0)
      .max(365)
      .default(14)
      .describe("Days before the window by which it should be sent."),
    holidays: z.array(day).default([]).describe("Days on which nobody works. Example: 2026-11-26"),
  })
  .prefault({});

export const freezesSchema = z
  .array(
    z.strictObject({
      from: localTime,
      to: localTime,
      zone,
      reason: z.string().trim().min(1),
      except: z.array(z.enum(laneKinds)).default([]),
    }),
  )
  .default([])
  .describe("Times in which nothing is released, but by the lanes that they except.");
