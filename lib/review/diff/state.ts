import { counted } from "../text/words";
import type { ChangedEnvironment } from "./release-diff";

/** The state of a release in a few words: what its record says, else what its gates do. */
export function stateOf(one: ChangedEnvironment): string {
  if (one.record !== undefined) {
    const { outcome } = one.record.kept.record;
    return outcome === "open" ? "under way" : outcome.replace("-", " ");
  }
  if (!one.gates.known) return "gates not judged here";
  const stopping = (verdict: string): number =>
    one.gates.known ? one.gates.value.gates.filter((gate) => gate.verdict === verdict).length : 0;
  const [refuse, wait] = [stopping("refuse"), stopping("waiting")];
  if (refuse > 0) return `refused by ${counted(refuse, "gate")}`;
  if (wait > 0) return `waits for ${counted(wait, "gate")}`;
  const { unjudged } = one.gates.value;
  return unjudged.length > 0 ? `${counted(unjudged.length, "gate")} not judged here` : "may be released";
}
