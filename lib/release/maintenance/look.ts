import type { Problem } from "../../problem";
import { CommandFailed, type Look, type MaintainedService, type OnRecord } from "./maintained-service";

/** What one service said, or why it did not. */
export type Looked =
  | { readonly service: MaintainedService; readonly look: Look }
  | {
      readonly service: MaintainedService;
      readonly look: { readonly kind: "unknown"; readonly why: string };
    };

/** Asks every service what is on. */
export function lookAtAll(services: readonly MaintainedService[]): Promise<readonly Looked[]> {
  return Promise.all(services.map(async (service) => ({ service, look: await lookAt(service) }) as Looked));
}

export async function lookAt(service: MaintainedService): Promise<Looked["look"]> {
  try {
    return await service.look();
  } catch (error) {
    return { kind: "unknown", why: reason(error) };
  }
}

/** What is on in it; nothing where it was never deployed, or does not say. */
export function onIn({ look }: Looked): readonly OnRecord[] {
  return look.kind === "there" ? look.on : [];
}

/** Services that do not say what is on: nothing is started or ended blindly. */
export function unknowns(looked: readonly Looked[], mend: string): readonly Problem[] {
  return looked.flatMap(({ service, look }) =>
    look.kind === "unknown"
      ? [{ where: placeOf(service), found: look.why, allowed: "a list of what is on", mend }]
      : [],
  );
}

/** Example: `slipway:maintenance.services.atmosphere`. */
export function placeOf({ name }: Pick<MaintainedService, "name">): string {
  return `slipway:maintenance.services.${name}`;
}

export function reason(error: unknown): string {
  if (error instanceof CommandFailed) return error.message;
  return error instanceof Error ? (error.message.split("\n")[0] ?? "") : "it failed";
}
