import type { EmbeddedEnvironment } from "../../lib/config/embedded";
import type { Progress } from "../toolchain/progress";
import { Atmosphere } from "./atmosphere";
import { atmosphereWalk } from "./atmosphere-walk";
import { Fragalysis } from "./fragalysis";
import { fragalysisWalk } from "./fragalysis-walk";
import { HcaIngest } from "./hca-ingest";
import { hcaWalk } from "./hca-walk";
import type { Show } from "./operator";

/** Where an example runs, and who watches it. */
export interface Stage {
  readonly environment: EmbeddedEnvironment;
  readonly state: string;
  readonly progress: Progress;
  readonly show: Show;
  readonly signal: AbortSignal;
  /** Begins the next step. */
  readonly heading: (title: string) => void;
}

/** One system's release, shown from its first environment to its last. */
export interface Example {
  /** Whether the environment must have PostgreSQL. */
  readonly postgresql: boolean;
  readonly walk: (stage: Stage) => Promise<void>;
}

/** The systems that are shown, by the names of their folders in `examples`. */
export const examples: Readonly<Record<string, Example>> = {
  "hca-ingest": {
    postgresql: false,
    walk: async ({ environment, state, progress, show, signal, heading }) => {
      const hca = await progress.step("three environments of HCA Ingest", () =>
        HcaIngest.create(environment, state, show, signal),
      );
      await hcaWalk(hca, heading, show);
    },
  },
  fragalysis: {
    postgresql: true,
    walk: async ({ environment, state, progress, show, signal, heading }) => {
      const fragalysis = await progress.step("three environments of Fragalysis", () =>
        Fragalysis.create(environment, state, show, signal),
      );
      await fragalysisWalk(fragalysis, heading, show);
    },
  },
  atmosphere: {
    postgresql: true,
    walk: async ({ environment, state, progress, show, signal, heading }) => {
      const atmosphere = await progress.step("beta and two sites of Atmosphere", () =>
        Atmosphere.create(environment, state, show, signal),
      );
      await atmosphereWalk(atmosphere, heading, show);
    },
  },
};
