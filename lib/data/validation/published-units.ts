import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { UnitTable } from "./units";

const linkmlSchema = z.object({
  slots: z.record(
    z.string(),
    z.looseObject({
      annotations: z.object({ storage_units: z.object({ value: z.string() }).optional() }).optional(),
    }),
  ),
});

/** Reads the units that a schema package prescribes in its LinkML schema; empty when it has none. */
export async function publishedUnits(modules: string): Promise<UnitTable> {
  const files = await readdir(modules);
  const name = files.find((file) => file.endsWith("_materialized_patterns.json"));
  if (name === undefined) return new Map();
  const { slots } = linkmlSchema.parse(JSON.parse(await readFile(join(modules, name), "utf8")));
  return new Map(
    Object.entries(slots).flatMap(([slot, { annotations }]) => {
      const units = annotations?.storage_units?.value;
      return units === undefined ? [] : [[slot, units.split("|")] as const];
    }),
  );
}
