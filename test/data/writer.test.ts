import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { type Collection, MongoClient } from "mongodb";
import { contentOf, EngineRun, fill, nextOf, specFor } from "./engine-run";
import { ChildEngine, compiledEntry } from "./kill/child-engine";
import { mayWrite } from "./kill/mongo-store";
import { processor } from "./plain-data";
import { plainProcessor } from "./plain-processor";
import { serverOfSuite } from "./server";

interface Written {
  readonly _id: string;
  readonly by: string;
}

/** Goes on writing as users do, and keeps count of what was acknowledged. */
class Writer {
  readonly acknowledged: { readonly id: string; readonly from: number; readonly to: number }[] = [];
  refused = 0;
  #stopped = false;
  readonly #done: Promise<void>;

  constructor(collection: Collection<Written>) {
    this.#done = this.#write(collection);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#done;
  }

  async #write(collection: Collection<Written>): Promise<void> {
    for (let n = 0; !this.#stopped; n++) {
      const id = `written-${n}`;
      const from = Date.now();
      try {
        await collection.insertOne({ _id: id, by: "user" });
        this.acknowledged.push({ id, from, to: Date.now() });
      } catch {
        this.refused += 1;
      }
      await pause(2); // People are not faster; the test's own migration goes document by document.
    }
  }
}

describe("A writer that goes on through whole releases", () => {
  const server = serverOfSuite();
  let entry: string;
  before(() => {
    entry = compiledEntry();
  });

  it("17: loses no acknowledged write over good, failing, unconfirmed and killed releases, and none is accepted while closed", async function () {
    this.timeout(60_000);
    await fill(server.uri, "written", { studies: [{ _id: "study-1" }], samples: [{ _id: "sample-1" }] });
    const client = await MongoClient.connect(server.writerUri, { retryWrites: false });
    const writer = new Writer(client.db("written").collection<Written>("studies"));
    const windows: { readonly from: number; readonly to: number }[] = [];
    const first = specFor(server, "written");
    const closedDuring = async (run: EngineRun, spec: typeof first, confirmed: boolean): Promise<void> => {
      await run.inPlace();
      const from = Date.now();
      const before = writer.refused;
      while (spec !== first && writer.refused < before + 5) await pause(2);
      windows.push({ from, to: spec === first ? from : Date.now() });
      if (confirmed) await new EngineRun({ do: "confirm", spec }, processor).ended;
      else run.signs.give("nobody confirms");
      await run.ended;
    };
    await closedDuring(new EngineRun({ do: "release", spec: first }, processor), first, true);

    const next = nextOf(first, "2.0.0");
    await closedDuring(new EngineRun({ do: "release", spec: next }, processor), next, false);
    const raising = plainProcessor((collection) => {
      throw new Error(collection);
    });
    assert.equal(await new EngineRun({ do: "release", spec: next }, raising).ended, false);
    for (const at of ["4", "8", "14"]) {
      const killed = new ChildEngine(entry, { do: "release", spec: next }, { KILL_AT: at });
      assert.equal(await killed.ended, "SIGKILL");
      assert.equal(await new EngineRun({ do: "resume", spec: next }, processor).ended, true);
    }
    await closedDuring(new EngineRun({ do: "release", spec: next }, processor), next, true);
    assert.equal(await mayWrite(server, "written"), true);
    await writer.stop();

    const studies = client.db("written").collection<Written & { readonly version?: number }>("studies");
    const found = new Map((await studies.find().toArray()).map((document) => [document._id, document]));
    const lost = writer.acknowledged.filter(({ id }) => !found.has(id));
    assert.deepEqual(lost, []);
    assert.ok(writer.acknowledged.length > 50 && writer.refused > 5, "the writer was at work");
    const sneaked = writer.acknowledged.filter(({ from, to }) =>
      windows.some((one) => from > one.from && to < one.to),
    );
    assert.deepEqual(sneaked, []);
    const release = windows.at(-1)?.from ?? 0;
    const old = writer.acknowledged.filter(({ id, to }) => to < release && found.get(id)?.version !== 2);
    assert.deepEqual(old, [], "what was written before the release has the new shape");
    await client.close();
    assert.ok((await contentOf(server.uri, "written"))["samples"]?.startsWith("1:"));
  });
});
