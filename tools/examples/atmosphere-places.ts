import type { ChecklistItem } from "../../lib/release/windows/timeline";

/** Where each of Atmosphere's environments is, as its stack file has it. */
interface Place {
  readonly namespace: string;
  /** Branch of the secrets' repository. */
  readonly secrets: string;
  /**
   * Its databases, by the migrations' names for them. Here all environments share one server; cyverse has the real names, the others
   * say what theirs are called (`slipway:data.store.names`).
   */
  readonly databases: Readonly<Record<"atmo_prod" | "troposphere", string>>;
  /** What its people are told before a window (rules A1 to A5). */
  readonly told: readonly ChecklistItem[];
}

export const atmospherePlaces = {
  beta: {
    namespace: "atmo-beta",
    secrets: "atmobeta",
    databases: { atmo_prod: "atmo_beta", troposphere: "tropo_beta" },
    told: [],
  },
  cyverse: {
    namespace: "atmo-prod",
    secrets: "prod",
    databases: { atmo_prod: "atmo_prod", troposphere: "troposphere" },
    told: ["roles", "notice", "banner", "calendar", "status-page"],
  },
  jetstream: {
    namespace: "jetstream-prod",
    secrets: "jetstream-prod",
    databases: { atmo_prod: "atmo_jetstream", troposphere: "tropo_jetstream" },
    told: ["roles", "tech-team"],
  },
} as const satisfies Record<string, Place>;

export type AtmosphereEnvironment = keyof typeof atmospherePlaces;
export const atmosphereEnvironments = ["beta", "cyverse", "jetstream"] as const;

export const atmosphereServices = ["atmosphere", "troposphere"] as const;
export type AtmosphereService = (typeof atmosphereServices)[number];

/** Which of the two databases a service works on, by the migrations' names. */
export const databaseOf = { atmosphere: "atmo_prod", troposphere: "troposphere" } as const;
