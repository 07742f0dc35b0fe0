import { defineMigration } from "slipway/lib/data/migrations/typescript/define";

/** Metadata and graph are validated apart: what was valid until now had valid metadata. */
const states: Readonly<Record<string, string>> = {
  Validating: "Metadata validating",
  Valid: "Metadata valid",
  Invalid: "Metadata invalid",
};

export default defineMigration({
  collections: {
    submissionEnvelope: (envelope) => {
      const state: unknown = envelope["submissionState"];
      return typeof state === "string" && state in states
        ? { ...envelope, submissionState: states[state] }
        : envelope;
    },
  },
});
