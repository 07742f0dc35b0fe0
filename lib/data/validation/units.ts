import type { JsonObject } from "./bson-values";
import { type Finding, pointerPart } from "./judge";

/** For each field that holds quantities, the units that they are stored in. */
export type UnitTable = ReadonlyMap<string, readonly string[]>;

const quantityType = "nmdc:QuantityValue";
/** Whether a document can hold a quantity at all; most hold none, and are not looked through. */
export function mayHoldQuantities(document: Buffer): boolean {
  return document.includes(quantityType, 0, "latin1");
}

/**
 * The second stage of NMDC's own validation, as its `NmdcSchemaValidationPlugin` does it: each quantity has a unit, and one
 * that its field is stored in.
 */
export function unitFindings(document: JsonObject, units: UnitTable): readonly Finding[] {
  const findings: Finding[] = [];
  look(document, "", undefined, units, findings);
  return findings;
}

function look(
  value: unknown,
  pointer: string,
  field: string | undefined,
  units: UnitTable,
  findings: Finding[],
): void {
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) look(item, `${pointer}/${at}`, field, units, findings);
  } else if (typeof value === "object" && value !== null) {
    const object = value as JsonObject;
    if (object["type"] === quantityType) findings.push(...quantityFindings(object, pointer, field, units));
    else {
      for (const [name, member] of Object.entries(object)) {
        look(member, `${pointer}/${pointerPart(name)}`, name, units, findings);
      }
    }
  }
}

function quantityFindings(
  quantity: JsonObject,
  pointer: string,
  field: string | undefined,
  units: UnitTable,
): readonly Finding[] {
  const unit = quantity["has_unit"];
  if (unit === undefined || unit === null) return [{ pointer, rule: "unit: a quantity must have has_unit" }];
  const allowed = field === undefined ? undefined : units.get(field);
  if (!allowed || (typeof unit === "string" && allowed.includes(unit))) return [];
  const found = typeof unit === "string" ? `"${unit}"` : "no text";
  return [
    {
      pointer: `${pointer}/has_unit`,
      rule: `unit: ${field ?? ""} is stored in ${allowed.join(", ")}; ${found} was found`,
    },
  ];
}
