import assert from "node:assert/strict";
import { besideNames, contentOf, EngineRun } from "../engine-run";
import { firstStart, startServer, type TestServer, withClient } from "../server";
import type { ReleaseSpec } from "../../../lib/data/protocol";
import { compiledEntry } from "./child-engine";
import { keepTable, type MatrixRow } from "./matrix-table";
import {
  boundaries,
  expiresAsBefore,
  mayWrite,
  play,
  playOnKilledServer,
  prepare,
  processor,
  recover,
  type Recovery,
  type Scenario,
} from "./matrix";

const scenarios = ["confirmed", "unconfirmed", "code first", "way back"] satisfies Scenario[];
/** Plays a release up to its kill at an instant. @returns `SIGKILL` when it happened. */
type Kill = (at: number, spec: ReleaseSpec) => Promise<string>;

/** The matrix enumerates the engine's steps by itself: whoever adds a step adds it here too. */
describe("Kill matrix", function () {
  this.timeout(600_000);
  let server: TestServer;
  let entry: string;
  let confirmed: Readonly<Record<string, string>> = {};
  before(async function () {
    this.timeout(firstStart);
    entry = compiledEntry();
    server = await startServer();
    await play(entry, await prepare(server, "reference", "confirmed"), "confirmed", {});
    confirmed = await contentOf(server.uri, "reference");
  });
  after(async () => {
    await server.stop();
    await keepTable(table);
  });
  const table: MatrixRow[] = [];
  const instants: Partial<Record<Scenario, readonly string[]>> = {};

  for (const scenario of scenarios) {
    it(`1–5: SIGKILL at every instant of a release (${scenario}); another machine ends with the same content`, async () => {
      await tryAll(scenario, "engine", (at, spec) => play(entry, spec, scenario, { KILL_AT: String(at) }));
    });

    it(`1–5: the server killed at every instant of a release (${scenario}); the same content in the end`, async function () {
      if (server.kind === "mongod") this.skip(); // Needs a server that the test may kill.
      await tryAll(scenario, "server", async (at, spec) =>
        (await playOnKilledServer(server, spec, scenario, at)) ? "SIGKILL" : "untouched",
      );
    });
  }

  /** Kills at each instant, goes on from elsewhere, and compares with an undisturbed run. */
  async function tryAll(scenario: Scenario, victim: MatrixRow["victim"], kill: Kill): Promise<void> {
    const names = (instants[scenario] ??= await boundaries(entry, server, scenario));
    assert.ok(names.length >= 20, `only ${names.length} instants: ${names.join(", ")}`);
    const reference = await contentOf(server.uri, `undisturbed-${scenario.replace(" ", "-")}`);
    // What begins like a confirmed release was killed there already.
    const known = scenario === "confirmed" || scenario === "way back" ? [] : (instants.confirmed ?? []);
    const shared = names.findIndex((name, at) => name !== known[at]);
    const failures: string[] = [];
    const rows: MatrixRow[] = [];
    for (const [index, name] of names.entries()) {
      if (index < shared) continue;
      const recovery: Recovery = index % 2 === 0 ? "release" : "resume";
      const found = await killAndRecover(index + 1, scenario, recovery, reference, kill);
      if (found.wrong !== undefined) failures.push(`${name} (${recovery}): ${found.wrong}`);
      rows.push({ scenario, victim, instant: name, recovery, end: found.end });
    }
    assert.deepEqual(failures, []);
    table.push(...rows);
  }

  /** How it ended, and what is wrong afterwards. */
  async function killAndRecover(
    at: number,
    scenario: Scenario,
    recovery: Recovery,
    reference: Readonly<Record<string, string>>,
    kill: Kill,
  ): Promise<{ readonly end: string; readonly wrong: string | undefined }> {
    const database = `kill-${scenario.replace(" ", "-")}`;
    await withClient(server.uri, (client) => client.db(database).dropDatabase());
    const spec = await prepare(server, database, scenario);
    const old = await contentOf(server.uri, database);
    const end = await kill(at, spec);
    if (end !== "SIGKILL") return { end, wrong: `it was not killed: ${end}` };
    const run = await recover(spec, recovery);
    const after = await contentOf(server.uri, database);
    const status = new EngineRun({ do: "status", spec }, processor);
    await status.ended;
    const { open, writes, last } = status.last("status").status;
    const wanted =
      last?.outcome === "released" && last.hash === spec.hash ? next(reference, scenario, old) : old;
    const wrong = async (): Promise<string | undefined> => {
      if (open !== undefined || writes !== "open")
        return `still open: ${JSON.stringify(open)}; ${run.said()}`;
      if (recovery === "release" && last?.outcome !== "released") return `not released: ${run.said()}`;
      if (JSON.stringify(after) !== JSON.stringify(wanted))
        return `another content: ${JSON.stringify(after)}`;
      if (!(await mayWrite(server, database))) return "writes are closed";
      if (!(await expiresAsBefore(server, database))) return "nothing expires any more";
      const staging = (await besideNames(server.uri, database)).filter((name) => name.includes("__new_"));
      return staging.length > 0 ? `left behind: ${staging.join(", ")}` : undefined;
    };
    return { end: last?.outcome ?? "nothing", wrong: await wrong() };
  }

  /** The undisturbed run's end; where that was taken back, the content that a confirmed one has. */
  function next(
    reference: Readonly<Record<string, string>>,
    scenario: Scenario,
    old: Readonly<Record<string, string>>,
  ): Readonly<Record<string, string>> {
    if (scenario !== "unconfirmed") return reference;
    assert.deepEqual(reference, old, "an unconfirmed release changes nothing");
    return confirmed;
  }
});
