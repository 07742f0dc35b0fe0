import type { EngineEvent } from "../lib/data/protocol";

/** An engine's event as a sentence for people, or undefined where it is none of their business. */
export function sentence(event: EngineEvent): string | undefined {
  switch (event.event) {
    case "stage":
      return `data: ${event.stage}: ${event.says}`;
    case "warning":
      return `data: warning: ${event.says}`;
    default:
      return undefined;
  }
}
