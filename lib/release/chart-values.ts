import type { Json } from "../content-hash";

/** Values of a Helm chart. */
export type Values = Readonly<Record<string, Json>>;

/** The values with one of them set, however deep; what lies beside it stays. */
export function withValue(values: Values, [key = "", ...deeper]: readonly string[], value: Json): Values {
  if (deeper.length === 0) return { ...values, [key]: value };
  const inner = values[key];
  const below = typeof inner === "object" && inner !== null && !Array.isArray(inner) ? (inner as Values) : {};
  return { ...values, [key]: withValue(below, deeper, value) };
}
