import type { ReleaseRecordData } from "../../data/protocol";

type Outcome = ReleaseRecordData["outcome"];

/** An outcome as people say it. */
export function outcomeWord(outcome: Outcome): string {
  return outcome === "open" ? "under way" : outcome.replace("-", " ");
}

/** What did not end well is seen at a glance; what did needs no colour. */
export function outcomeClass(outcome: Outcome): string {
  switch (outcome) {
    case "released":
      return "state";
    case "open":
      return "state warn";
    case "rolled-back":
    case "failed":
      return "state bad";
  }
}
