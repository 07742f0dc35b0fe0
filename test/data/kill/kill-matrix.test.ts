import assert from "node:assert/strict";
import type { ReleaseSpec } from "../../../lib/data/protocol";
import { EngineRun } from "../engine-run";
import { firstStart, startServer, type TestServer } from "../server";
import { TestPostgres } from "../../postgres";
import { compiledEntry } from "./child-engine";
import {
  databaseName,
  play,
  playOnKilledServer,
  prepare,
  recover,
  type Recovery,
  type Scenario,
  scenarios,
  type Undisturbed,
  undisturbed,
} from "./matrix";
import type { MatrixStore } from "./matrix-store";
import { keepTable, type MatrixRow } from "./matrix-table";
import { mongoMatrixStore } from "./mongo-store";
import { postgresMatrixStore } from "./postgres-store";

/** Plays a release up to its kill at an instant. @returns `SIGKILL` when it happened. */
type Kill = (at: number, spec: ReleaseSpec) => Promise<string>;

describe("Kill matrix", function () {
  this.timeout(1_200_000);
  const table: MatrixRow[] = [];
  const servers: Record<string, string> = {};
  after("keep the table", () => keepTable(table, servers));
  const keep = (store: MatrixStore, rows: readonly MatrixRow[]): void => {
    table.push(...rows);
    servers[store.kind] = store.server;
  };

  describe("on MongoDB", () => {
    let server: TestServer;
    before("start the server", async function () {
      this.timeout(firstStart);
      server = await startServer();
    });
    after("stop the server", () => server.stop());
    killed(() => mongoMatrixStore(server), keep, scenarios, ["engine", "server"]);
  });

  describe("on PostgreSQL", () => {
    const server = new TestPostgres();
    // The other scenarios, and the server's kills, have not been tried on it yet.
    killed(() => postgresMatrixStore(server), keep, ["confirmed"], ["engine"]);
  });
});

/** The matrix enumerates the engine's steps by itself: whoever adds a step adds it here too. */
function killed(
  storeOf: () => MatrixStore,
  keep: (store: MatrixStore, rows: readonly MatrixRow[]) => void,
  tried: readonly Scenario[],
  victims: readonly MatrixRow["victim"][],
): void {
  let entry: string;
  let store: MatrixStore;
  const undisturbedRuns: Partial<Record<Scenario, Undisturbed>> = {};
  before("compile the engine that kills itself", () => {
    entry = compiledEntry();
    store = storeOf();
  });

  for (const scenario of tried) {
    it(`1–5: SIGKILL at every instant of a release (${scenario}); another machine ends with the same content`, async () => {
      await tryAll(scenario, "engine", (at, spec) =>
        play(entry, store, spec, scenario, { KILL_AT: String(at) }),
      );
    });

    if (!victims.includes("server")) continue;
    it(`1–5: the server killed at every instant of a release (${scenario}); the same content in the end`, async function () {
      if (store.restartServer === undefined) this.skip(); // Needs a server that the test may kill.
      const { restartServer } = store;
      await tryAll(scenario, "server", (at, spec) =>
        playOnKilledServer(store, restartServer, spec, scenario, at),
      );
    });
  }

  async function undisturbedRun(scenario: Scenario): Promise<Undisturbed> {
    return (undisturbedRuns[scenario] ??= await undisturbed(entry, store, scenario));
  }

  /** Kills at each instant, goes on from elsewhere, and compares with an undisturbed run. */
  async function tryAll(scenario: Scenario, victim: MatrixRow["victim"], kill: Kill): Promise<void> {
    const { instants, content } = await undisturbedRun(scenario);
    assert.ok(instants.length >= store.leastInstants, `only ${instants.length}: ${instants.join(", ")}`);
    // What begins like a confirmed release was killed there already.
    const beginsAlike = scenario === "unconfirmed" || scenario === "code first";
    const known = beginsAlike ? (await undisturbedRun("confirmed")).instants : [];
    const shared = instants.findIndex((name, at) => name !== known[at]);
    const failures: string[] = [];
    const rows: MatrixRow[] = [];
    for (const [index, instant] of instants.entries()) {
      if (index < shared) continue;
      const recovery: Recovery = index % 2 === 0 ? "release" : "resume";
      const found = await killAndRecover(index + 1, scenario, recovery, content, kill);
      if (found.wrong !== undefined) failures.push(`${instant} (${recovery}): ${found.wrong}`);
      rows.push({ store: store.kind, scenario, victim, instant, recovery, end: found.end });
    }
    assert.deepEqual(failures, []);
    keep(store, rows);
  }

  /** How it ended, and what is wrong afterwards. */
  async function killAndRecover(
    at: number,
    scenario: Scenario,
    recovery: Recovery,
    reference: Readonly<Record<string, string>>,
    kill: Kill,
  ): Promise<{ readonly end: string; readonly wrong: string | undefined }> {
    const spec = await prepare(store, databaseName("kill", scenario), scenario);
    const old = await store.contentOf(spec);
    const end = await kill(at, spec);
    if (end !== "SIGKILL") return { end, wrong: `it was not killed: ${end}` };
    const run = await recover(store, spec, recovery);
    const after = await store.contentOf(spec);
    const status = new EngineRun({ do: "status", spec }, store.processor);
    await status.ended;
    const { open, writes, last } = status.last("status").status;
    const wanted =
      last?.outcome === "released" && last.hash === spec.hash ? await next(reference, scenario, old) : old;
    const wrong = async (): Promise<string | undefined> => {
      if (open !== undefined || writes !== "open")
        return `still open: ${JSON.stringify(open)}; ${run.said()}`;
      if (recovery === "release" && last?.outcome !== "released") return `not released: ${run.said()}`;
      if (JSON.stringify(after) !== JSON.stringify(wanted))
        return `another content: ${JSON.stringify(after)}`;
      if (!(await store.mayWrite(spec))) return "writes are closed";
      const left = await store.leftBeside(spec);
      return left.length > 0 ? `left behind: ${left.join(", ")}` : store.spoilt(spec);
    };
    const found = { end: last?.outcome ?? "nothing", wrong: await wrong() };
    await store.drop(spec);
    return found;
  }

  /** The undisturbed run's end; where that was taken back, the content that a confirmed one has. */
  async function next(
    reference: Readonly<Record<string, string>>,
    scenario: Scenario,
    old: Readonly<Record<string, string>>,
  ): Promise<Readonly<Record<string, string>>> {
    if (scenario !== "unconfirmed") return reference;
    assert.deepEqual(reference, old, "an unconfirmed release changes nothing");
    return (await undisturbedRun("confirmed")).content;
  }
}
