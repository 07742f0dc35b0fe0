import type { LaneKind } from "./lane";

/** An image as an environment pins it. */
export interface Pin {
  /** Name in the config. Example: `fastapi`. */
  readonly name: string;
  readonly repository: string;
  readonly tag: string;
  /** `sha256:…`; missing only where a stack may build its own. */
  readonly digest?: string | undefined;
  /** Commit that it was built from, where the config names it. */
  readonly commit?: string | undefined;
}

/** One release that an environment has seen, read from its record. */
export interface Deployment {
  readonly environment: string;
  readonly release: string;
  readonly hash: string;
  /** When it was closed, ISO 8601. */
  readonly at: string;
  readonly by: string;
  readonly outcome: "released" | "rolled-back" | "failed" | "open";
  /** Whether its own verification, or a later one, found the environment good; a failed re-verification withdraws it. */
  readonly verified: boolean;
  readonly lane: LaneKind;
  readonly pins: readonly Pin[];
  /** Schema version of the data after it. */
  readonly schema?: string | undefined;
  /** Where the record is. Example: `releases/staging/2026-11-20-v2.19.0.json`. */
  readonly where: string;
}

/** What an environment runs now: its newest record that ended as released. */
export function current(deployments: readonly Deployment[], environment: string): Deployment | undefined {
  return deployments
    .filter((deployment) => deployment.environment === environment && deployment.outcome === "released")
    .reduce<Deployment | undefined>(
      (newest, one) => (newest === undefined || Date.parse(one.at) > Date.parse(newest.at) ? one : newest),
      undefined,
    );
}

/** An environment is untracked from an emergency release to the next normal one (rule H16). */
export function untracked(deployments: readonly Deployment[], environment: string): Deployment | undefined {
  const now = current(deployments, environment);
  return now?.lane === "emergency" ? now : undefined;
}
