import type { DataStatus, EngineEvent, ReleaseSpec } from "../lib/data/protocol";
import { EngineFailure } from "./engine-process";

/**
 * Asks the engine what holds in the database, in this process: a question that only reads outlives nobody, and a process for it
 * would cost more than the answer.
 * @throws EngineFailure with the engine's own words.
 */
export async function askStatus(spec: ReleaseSpec): Promise<DataStatus> {
  const [{ runEngine }, { Signs }, { defaultLease }, { processor }] = await Promise.all([
    import("../lib/data/engine"),
    import("../lib/data/conductor/signs"),
    import("../lib/data/journal/lock"),
    import("../lib/data/conductor/processor"),
  ]);
  let last: EngineEvent | undefined;
  const emit = (event: EngineEvent): void => {
    last = event;
  };
  const options = { lease: defaultLease, boundary: () => undefined };
  await runEngine({ do: "status", spec }, { emit, signs: new Signs(undefined), processor, options });
  if (last?.event === "status") return last.status;
  throw new EngineFailure(last?.event === "failed" ? last.says : "the engine said nothing");
}
