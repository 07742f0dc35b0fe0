/** Where a value came from, the stronger first: what the dispatch says, then the repository's secret, then the workflow's default. */
export const layers = ["dispatch", "secret", "default"] as const;
export type Layer = (typeof layers)[number];

export interface Layered {
  readonly value: string;
  /** The layer that won, for the preview. */
  readonly from: Layer;
}

/** F11: the value of the strongest layer that has one; an empty text is none, as in the workflow. */
export function strongest(values: Readonly<Partial<Record<Layer, string | undefined>>>): Layered | undefined {
  const from = layers.find((layer) => (values[layer] ?? "") !== "");
  return from === undefined ? undefined : { value: values[from] ?? "", from };
}
