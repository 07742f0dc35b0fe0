import assert from "node:assert/strict";
import { compiledEntry } from "./child-engine";
import { type Content, Lane, type Undisturbed } from "./lane";
import { type Recovery, type Scenario, scenarios } from "./matrix";
import type { MatrixStore } from "./matrix-store";
import { isKept, type MatrixRow } from "./matrix-table";

/** A well-chosen part of the matrix, for a store on which each attempt takes long. */
export interface MatrixPart {
  readonly scenarios: readonly Scenario[];
  /** Names of the instants at which each of the two is killed. */
  readonly instants: Readonly<Record<MatrixRow["victim"], RegExp>>;
}

/**
 * Tests that kill engine and server on one kind of store. The matrix enumerates the engine's steps by itself: whoever adds a step adds
 * it here too.
 * @param storesOf one for each lane.
 * @param part what is tried when the table is not to be kept. Default: all.
 */
export function killed(
  storesOf: () => readonly MatrixStore[],
  keep: (store: MatrixStore, rows: readonly MatrixRow[]) => void,
  part?: MatrixPart,
): void {
  const only = isKept() ? undefined : part;
  let lanes: readonly [Lane, ...Lane[]];
  const undisturbedRuns: Partial<Record<Scenario, Undisturbed>> = {};
  before("compile the engine that kills itself", () => {
    const entry = compiledEntry();
    const [first, ...others] = storesOf().map((store) => new Lane(store, entry));
    assert.ok(first);
    lanes = [first, ...others];
  });

  for (const scenario of only?.scenarios ?? scenarios) {
    it(`1–5: SIGKILL at every instant of a release (${scenario}); another machine ends with the same content`, async () => {
      await tryAll(scenario, "engine");
    });

    it(`1–5: the server killed at every instant of a release (${scenario}); the same content in the end`, async function () {
      if (lanes[0].store.restartServer === undefined) this.skip(); // Needs a server that the test may kill.
      await tryAll(scenario, "server");
    });
  }

  async function undisturbedRun(scenario: Scenario): Promise<Undisturbed> {
    return (undisturbedRuns[scenario] ??= await lanes[0].undisturbed(scenario));
  }

  /** Kills at each instant, goes on from elsewhere, and compares with an undisturbed run. */
  async function tryAll(scenario: Scenario, victim: MatrixRow["victim"]): Promise<void> {
    const { store } = lanes[0];
    const { instants, content } = await undisturbedRun(scenario);
    assert.ok(instants.length >= store.leastInstants, `only ${instants.length}: ${instants.join(", ")}`);
    const released = await contentOfReleased(scenario, content);
    const failures: string[] = [];
    const rows: MatrixRow[] = [];
    const waiting = [...instants.entries()]
      .slice(await sharedWithConfirmed(scenario, instants))
      .filter(([, instant]) => only === undefined || only.instants[victim].test(instant))
      .values();
    const work = async (lane: Lane): Promise<void> => {
      for (const [index, instant] of waiting) {
        const recovery: Recovery = index % 2 === 0 ? "release" : "resume";
        const found = await lane.attempt({ scenario, victim, at: index + 1, recovery, released });
        if (found.wrong !== undefined) failures.push(`${instant} (${recovery}): ${found.wrong}`);
        rows[index] = { store: store.kind, scenario, victim, instant, recovery, end: found.end };
      }
    };
    await Promise.all(lanes.map(work));
    assert.deepEqual(failures, []);
    keep(store, rows.filter(Boolean));
  }

  /** What begins like a confirmed release was killed there already. @returns at how many instants. */
  async function sharedWithConfirmed(scenario: Scenario, instants: readonly string[]): Promise<number> {
    if (scenario !== "unconfirmed" && scenario !== "code first") return 0;
    const { instants: known } = await undisturbedRun("confirmed");
    return instants.findIndex((name, at) => name !== known[at]);
  }

  /** The undisturbed run's end; where that was taken back, the content that a confirmed one has. */
  async function contentOfReleased(scenario: Scenario, content: Content): Promise<Content> {
    if (scenario !== "unconfirmed") return content;
    const confirmed = (await undisturbedRun("confirmed")).content;
    assert.notDeepEqual(content, confirmed, "an unconfirmed release changes nothing");
    return confirmed;
  }
}
