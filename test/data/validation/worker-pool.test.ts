import assert from "node:assert/strict";
import { BSON } from "mongodb";
import { prepareData } from "../../../lib/data/migrations/prepare";
import { WorkerPool } from "../../../lib/data/validation/worker-pool";
import { schema, withFolder, writeStep } from "../migrations/support";

function block(
  collection: string,
  documents: readonly BSON.Document[],
): { collection: string; bytes: Uint8Array } {
  return { collection, bytes: Uint8Array.from(Buffer.concat(documents.map((one) => BSON.serialize(one)))) };
}

describe("the validating threads", function () {
  this.timeout(300_000);

  async function withPool<T>(patience: number, action: (pool: WorkerPool) => Promise<T>): Promise<T> {
    const { schema: after } = await prepareData([], schema("11.24.0"));
    const pool = new WorkerPool({ after }, 2, patience);
    try {
      return await action(pool);
    } finally {
      await pool.close();
    }
  }

  it("look at many blocks at once, and answer each with its own findings", async () => {
    await withPool(60_000, async (pool) => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, at) =>
          pool.run<"inspect">({
            do: "inspect",
            block: {
              ...block(
                "instrument_set",
                Array.from({ length: at }, (_one, _id) => ({
                  _id,
                  id: "nmdc:inst-11-a",
                  type: "nmdc:Instrument",
                })),
              ),
              judged: true,
              traces: [],
            },
          }),
        ),
      );
      assert.deepEqual(
        answers.map(({ documents }) => documents),
        Array.from({ length: 20 }, (_, at) => at),
      );
      assert.ok(answers.every(({ digests, documents }) => digests.length === 32 * documents));
    });
  });

  it("20, 28: a document on which something never ends is named, and the run ends", async () => {
    await withFolder(async (folder) => {
      await writeStep(folder, "11.23.0-to-11.24.0", {
        "migration.ts":
          "export default { collections: { instrument_set: (one) => { while (one._id === 7); return one; } } };",
      });
      const documents = Array.from({ length: 10 }, (_, _id) => ({ _id }));
      await withPool(1500, async (pool) => {
        const file = `${folder}/nmdc-schema/11.23.0-to-11.24.0/migration.ts`;
        await assert.rejects(
          pool.run<"transform">({ do: "transform", file, ...block("instrument_set", documents) }),
          /instrument_set, _id \{"\$numberInt":"7"\}: found no end after 1\.5 s on one document/,
        );
      });
    });
  });

  it("20: a migration that hoards memory on one document is named, and the run ends", async () => {
    await withFolder(async (folder) => {
      const hoard =
        "{ const all = []; if (one._id === 3) for (;;) all.push({ all: [all.length] }); return one; }";
      await writeStep(folder, "11.23.0-to-11.24.0", {
        "migration.ts": `export default { collections: { instrument_set: (one) => ${hoard} } };`,
      });
      const documents = Array.from({ length: 5 }, (_, _id) => ({ _id }));
      await withPool(60_000, async (pool) => {
        const file = `${folder}/nmdc-schema/11.23.0-to-11.24.0/migration.ts`;
        await assert.rejects(
          pool.run<"transform">({ do: "transform", file, ...block("instrument_set", documents) }),
          /instrument_set, _id \{"\$numberInt":"3"\}: found more than 192 MB of memory taken on one document/,
        );
      });
    });
  });

  it("29: a document whose inside is damaged is reported like an invalid one", async () => {
    await withPool(60_000, async (pool) => {
      const broken = Buffer.from(BSON.serialize({ _id: 1, name: "x" }));
      broken[broken.length - 11] = 0x55;
      const { invalid } = await pool.run<"inspect">({
        do: "inspect",
        block: { collection: "instrument_set", bytes: Uint8Array.from(broken), judged: true, traces: [] },
      });
      assert.equal(invalid.length, 1);
    });
  });

  it("9: bytes that are no documents are refused, with the place", async () => {
    await withPool(60_000, async (pool) => {
      const bytes = Uint8Array.from([...BSON.serialize({ _id: 1 }), 200, 0, 0, 0, 1, 2]);
      const broken = { collection: "instrument_set", bytes, judged: true, traces: [] };
      await assert.rejects(
        pool.run<"inspect">({ do: "inspect", block: broken }),
        /a document of 200 bytes in the last 6/,
      );
    });
  });
});
