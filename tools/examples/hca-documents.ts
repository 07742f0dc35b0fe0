import type { Document } from "mongodb";

const states = ["Draft", "Valid", "Validating", "Invalid", "Submitted", "Archived", "Exported", "Complete"];

/** Documents of an ingest database: made up, the same every time. */
export function hcaDocuments(): Readonly<Record<string, readonly Document[]>> {
  const many = (count: number, make: (n: number) => Document): Document[] =>
    Array.from({ length: count }, (_, n) => make(n));
  const entity =
    (kind: number) =>
    (n: number): Document => ({
      uuid: uuid(kind, n),
      content: { describedBy: "https://schema.humancellatlas.org", index: n },
    });
  return {
    submissionEnvelope: many(120, (n) => ({
      uuid: uuid(1, n),
      submissionState: states[n % states.length] ?? "Draft",
    })),
    project: many(12, entity(2)),
    biomaterial: many(60, entity(3)),
    file: many(80, entity(4)),
    process: many(40, entity(5)),
    protocol: many(10, entity(6)),
    bundleManifest: many(20, (n) => ({ bundleUuid: uuid(7, n).uuid })),
  };
}

function uuid(kind: number, n: number): { readonly uuid: string } {
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
  return { uuid: `${hex(kind, 8)}-0000-4000-8000-${hex(n, 12)}` };
}
