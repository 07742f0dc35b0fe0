import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Announcer } from "../../cli/announcer";
import type { EngineEvent, ReleaseRecordData, ReleaseSpec } from "../../lib/data/protocol";
import { ChildEngine, compiledEntry } from "../data/kill/child-engine";
import { fill, nextOf, specFor } from "../data/engine-run";
import { firstStart, serverOfSuite } from "../data/server";
import { HttpFixture } from "../evidence/http-fixture";
import { scratch } from "../scratch";

const variable = "SLIPWAY_TEST_WEBHOOK";

/** What a chat was told. */
function textsOf(chat: HttpFixture): readonly string[] {
  return chat.asked.map(({ body }) => (JSON.parse(body) as { text: string }).text);
}

describe("people are told of a release", function () {
  this.timeout(firstStart);
  let chat: HttpFixture;
  beforeEach(async () => {
    chat = await HttpFixture.start(() => ({ status: 200, body: "ok" }));
  });
  afterEach(() => chat.stop());

  describe("by the engine's own process", () => {
    const server = serverOfSuite();
    let entry: string;
    before(() => {
      entry = compiledEntry();
    });

    it("F26: started and ready; the next one, which nobody confirms, started and FAILED with its reason", async () => {
      await fill(server.uri, "told", { samples: [{ _id: 1, id: "a" }] });
      const first = { ...specFor(server, "told"), tell: { webhook: { env: variable } } };
      const environment = { [variable]: `http://${chat.host}/` };
      const release = async (spec: ReleaseSpec, confirmed: boolean): Promise<void> => {
        const engine = new ChildEngine(entry, { do: "release", spec }, environment);
        assert.ok(await engine.heard("in-place"));
        if (confirmed)
          assert.equal(await new ChildEngine(entry, { do: "confirm", spec }, environment).ended, "0");
        engine.closeInput();
        await engine.ended;
      };
      await release(first, true);
      await release(nextOf(first, "2.0.0"), false);
      assert.deepEqual(textsOf(chat).slice(0, 3), [
        'plain TEST: started. Image tag is "v1.0.0"',
        'plain TEST: ready. Image tag is "v1.0.0"',
        'plain TEST: started. Image tag is "v2.0.0"',
      ]);
      assert.match(
        textsOf(chat)[3] ?? "",
        /^plain TEST: FAILED\. Image tag is "v2\.0\.0"\. .*without confirming/,
      );
      assert.equal(textsOf(chat).length, 4);
    });
  });

  const stage = (name: "plan" | "lock"): EngineEvent => ({ event: "stage", stage: name, at: "", says: "" });
  const closed = (outcome: ReleaseRecordData["outcome"]): EngineEvent => ({
    event: "closed",
    record: { outcome } as ReleaseRecordData,
  });
  const spec = (tell: ReleaseSpec["tell"]): ReleaseSpec =>
    ({ system: "fragalysis", environment: "production", release: "2026.11.1", tell }) as ReleaseSpec;
  async function tell(announcer: Announcer, events: readonly EngineEvent[]): Promise<void> {
    for (const event of events) announcer.hear(event);
    await announcer.end();
  }

  it("F26: a command is told the state and the text as they are, without a shell", async () => {
    const file = join(scratch("told"), "log");
    const script =
      "require('node:fs').appendFileSync(process.argv[1], process.argv.slice(2).join(' | ') + '\\n')";
    const command = [process.execPath, "-e", script, file, "{state}", "{text}; $(id)"];
    await tell(new Announcer(spec({ command })), [stage("lock"), stage("lock"), closed("released")]);
    assert.equal(
      readFileSync(file, "utf8"),
      'started | fragalysis PRODUCTION: started. Image tag is "2026.11.1"; $(id)\n' +
        'ready | fragalysis PRODUCTION: ready. Image tag is "2026.11.1"; $(id)\n',
    );
  });

  it("F26: nobody is told where nothing is set, or of what never started", async () => {
    const webhook = { env: variable };
    await tell(new Announcer(spec({ webhook }), {}), [stage("lock"), closed("released")]);
    await tell(new Announcer(spec(undefined)), [stage("lock"), closed("released")]);
    const refused: EngineEvent = { event: "failed", says: "no such migration", problems: [] };
    await tell(new Announcer(spec({ webhook }), { [variable]: `http://${chat.host}/` }), [
      stage("plan"),
      refused,
    ]);
    assert.deepEqual(chat.asked, []);
  });

  it("F26: a chat that answers 500 or not at all stops nothing", async () => {
    chat.answering(() => ({ status: 500 }));
    const announcer = new Announcer(spec({ webhook: { env: variable } }), {
      [variable]: `http://${chat.host}/`,
    });
    await tell(announcer, [stage("lock"), closed("rolled-back")]);
    assert.equal(chat.asked.length, 2);
    await tell(new Announcer(spec({ webhook: { env: variable } }), { [variable]: "no address" }), [
      stage("lock"),
    ]);
  });
});
