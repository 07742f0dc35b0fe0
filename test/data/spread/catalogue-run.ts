import assert from "node:assert/strict";
import type { EngineOptions } from "../../../lib/data/conductor/context";
import { processor } from "../../../lib/data/conductor/processor";
import type { ReleaseSpec } from "../../../lib/data/protocol";
import { contentOf, EngineRun, specFor } from "../engine-run";
import { type TestServer, withClient } from "../server";
import { catalogueRelease, fillCatalogue } from "./catalogue";

/** The catalogue's first release. @returns the spec of its next one. */
export async function adopted(
  server: TestServer,
  migrations: string,
  database: string,
): Promise<ReleaseSpec> {
  await fillCatalogue(server.uri, database);
  await withClient(server.uri, (client) => client.db(database).createCollection("nothing"));
  const first = catalogueRelease(specFor(server, database), "1.0.0", migrations);
  await released(first, {});
  return catalogueRelease(first, "2.0.0", migrations);
}

/** The catalogue's next release as one process makes it, to compare with. */
export async function inOneProcess(
  server: TestServer,
  migrations: string,
): Promise<{ readonly run: EngineRun; readonly content: Readonly<Record<string, string>> }> {
  const name = "in_one_process";
  const run = await released(await adopted(server, migrations, name), {});
  return { run, content: await contentOf(server.uri, name) };
}

/** A release that is confirmed as soon as its data is in place. */
export async function released(spec: ReleaseSpec, options: Partial<EngineOptions>): Promise<EngineRun> {
  const run = new EngineRun({ do: "release", spec }, processor, options);
  await run.inPlace();
  const confirmation = new EngineRun({ do: "confirm", spec }, processor);
  assert.equal(await confirmation.ended, true, confirmation.said());
  assert.equal(await run.ended, true, run.said());
  return run;
}
