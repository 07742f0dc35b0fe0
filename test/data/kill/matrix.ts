import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ReleaseSpec } from "../../../lib/data/protocol";
import { EngineRun, fill, nextOf, releaseAndConfirm, specFor } from "../engine-run";
import { plainProcessor } from "../plain-processor";
import { type TestServer, withClient } from "../server";
import { BSON, type Document } from "mongodb";
import { ChildEngine } from "./child-engine";

/** How the killed release would have gone on. */
export type Scenario = "confirmed" | "unconfirmed" | "code first" | "way back";
/** Who goes on after the kill: the same release again, or an operator on another machine. */
export type Recovery = "release" | "resume";

export const processor = plainProcessor((collection, document) =>
  collection === "samples" ? document : { ...document, version: new BSON.Int32(2) },
);

export const data = {
  studies: [1, 2, 3].map((n) => ({ _id: `study-${n}`, name: `Study ${n}` })),
  sites: [1, 2].map((n) => ({ _id: `site-${n}` })),
  samples: [1, 2, 3, 4].map((n) => ({ _id: `sample-${n}`, of: "study-1" })),
};

const expireAfterSeconds = 3600;

/** Whether documents expire as they did before the release. */
export function expiresAsBefore(server: TestServer, database: string): Promise<boolean> {
  return withClient(server.uri, async (client) => {
    const indexes: readonly Document[] = await client
      .db(database)
      .collection("studies")
      .listIndexes()
      .toArray();
    return indexes.some((index) => index["expireAfterSeconds"] === expireAfterSeconds);
  });
}

/** A database at the point where the scenario's release begins. */
export async function prepare(
  server: TestServer,
  database: string,
  scenario: Scenario,
): Promise<ReleaseSpec> {
  await fill(server.uri, database, data);
  await withClient(server.uri, (client) =>
    client.db(database).collection("studies").createIndex({ seen: 1 }, { expireAfterSeconds }),
  );
  const first = specFor(server, database);
  await releaseAndConfirm(first, processor);
  if (scenario === "code first") return { ...nextOf(first, "2.0.0"), order: "code-first" };
  if (scenario !== "way back") return nextOf(first, "2.0.0");
  await releaseAndConfirm(nextOf(first, "2.0.0"), processor);
  return { ...nextOf(first, "1.0.0"), hash: "sha256:back", order: "code-first" };
}

/** Runs the scenario in a process of its own; it may kill itself on the way. */
export async function play(
  entry: string,
  spec: ReleaseSpec,
  scenario: Scenario,
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const child = new ChildEngine(entry, { do: "release", spec }, environment);
  if (spec.order === "code-first" && (await child.heard("ready")))
    await new EngineRun({ do: "switch", spec }, processor).ended;
  if (await child.heard("in-place")) {
    if (scenario === "unconfirmed") child.closeInput();
    else await new EngineRun({ do: "confirm", spec }, processor).ended;
  }
  return child.ended;
}

/** Runs the scenario in this process; the server is killed at one of its instants, and starts again on its data. */
export async function playOnKilledServer(
  server: TestServer,
  spec: ReleaseSpec,
  scenario: Scenario,
  at: number,
): Promise<boolean> {
  let passed = 0;
  let killed = false;
  const run = new EngineRun({ do: "release", spec }, processor, {
    boundary: async () => {
      passed += 1;
      if (passed !== at) return;
      killed = true;
      await server.restart();
    },
  });
  // Whoever waits for the engine may lose the server as well: then the engine decides alone.
  const give = (): void => {
    run.signs.give("whoever started the release is gone");
  };
  const rollOut = async (): Promise<void> => {
    await run.readyOrInPlace();
    if (!run.has("in-place")) await new EngineRun({ do: "switch", spec }, processor).ended;
    await run.inPlace();
    if (scenario === "unconfirmed") give();
    else await new EngineRun({ do: "confirm", spec }, processor).ended;
  };
  await rollOut().catch(give);
  await run.ended;
  return killed;
}

/** Names of all instants at which the scenario's process may die, in order. */
export async function boundaries(
  entry: string,
  server: TestServer,
  scenario: Scenario,
): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-test-kill-"));
  const list = join(folder, "boundaries");
  const database = `undisturbed-${scenario.replace(" ", "-")}`;
  await play(entry, await prepare(server, database, scenario), scenario, { KILL_LIST: list });
  const found = readFileSync(list, "utf8").trimEnd().split("\n");
  rmSync(folder, { recursive: true });
  return found;
}

/** The runner's machine is gone with its folder; another one goes on. */
export async function recover(spec: ReleaseSpec, recovery: Recovery): Promise<EngineRun> {
  rmSync(spec.dump.keep, { recursive: true, force: true });
  const elsewhere = { ...spec, dump: { keep: mkdtempSync(join(tmpdir(), "slipway-test-dump-")) } };
  if (recovery === "release") return releaseAndConfirm(elsewhere, processor);
  const run = new EngineRun({ do: "resume", spec: elsewhere }, processor);
  await run.ended;
  return run;
}

/** Whether an ordinary writer may write. */
export function mayWrite(server: TestServer, database: string): Promise<boolean> {
  return withClient(server.writerUri, (client) =>
    client
      .db(database)
      .collection<{ _id: string }>("_slipway_canary")
      .updateOne({ _id: "probe" }, { $set: { seen: true } }, { upsert: true })
      .then(
        () => true,
        () => false,
      ),
  );
}
