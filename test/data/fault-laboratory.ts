import assert from "node:assert/strict";
import type { EngineOptions } from "../../lib/data/conductor/context";
import { scratch } from "../scratch";
import { besideNames, contentOf, EngineRun, type MongoRelease, releaseAndConfirm } from "./engine-run";
import { mayWrite } from "./kill/mongo-store";
import { processor } from "./plain-data";
import { type TestServer, withClient } from "./server";

/** Makes commands fail as a test asks, or stops that; the stand-in must have test commands. */
export function failPoint(server: TestServer, mode: unknown, settings: object = {}): Promise<unknown> {
  return withClient(server.uri, (client) =>
    client.db("admin").command({ configureFailPoint: "failCommand", mode, data: settings }),
  );
}

/** Runs a release that must not succeed. @returns why, in its own words. */
export async function fails(
  spec: MongoRelease,
  by = processor,
  options: Partial<EngineOptions> = {},
): Promise<string> {
  const run = new EngineRun({ do: "release", spec }, by, options);
  assert.equal(await run.ended, false);
  return run.said();
}

/** Whatever failed: the old data is whole and open, nothing is left behind, and the mended release succeeds. */
export async function oldWholeThenMended(
  server: TestServer,
  spec: MongoRelease,
  before: Readonly<Record<string, string>>,
): Promise<void> {
  const { database } = spec.store;
  assert.deepEqual(await contentOf(server.uri, database), before);
  assert.equal(await mayWrite(server, database), true);
  assert.deepEqual(await besideNames(server.uri, database), []);
  const mended = { ...spec, dump: { keep: scratch("dump") } };
  const run = await releaseAndConfirm(mended, processor);
  assert.equal(run.last("closed").record.outcome, "released");
}

/** Sends a collection as one block, as a pass over real data does. */
export const wholeBlocks: typeof processor = {
  ...processor,
  async prepare(needs, list, says) {
    const prepared = await processor.prepare(needs, list, says);
    return {
      ...prepared,
      run: (request) => {
        const parts: Uint8Array[] = [];
        const { sink } = request;
        if (!sink) return prepared.run(request);
        return prepared.run({
          ...request,
          sink: {
            begin: (collection) => sink.begin(collection),
            write: ({ bytes }) => Promise.resolve(void parts.push(bytes)),
            end: async (collection) => {
              await sink.write({ collection, bytes: Buffer.concat(parts), documents: parts.length });
              parts.length = 0;
              await sink.end(collection);
            },
          },
        });
      },
    };
  },
};
