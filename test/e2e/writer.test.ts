import { strict as assert } from "node:assert";
import { once } from "node:events";
import { embedded } from "../embedded";
import { Nmdc, releases, succeeds } from "./nmdc";
import { WriterPod, assertNothingLost } from "./writer-pod";

describe("users who go on writing through releases", function () {
  this.timeout(600_000);
  let nmdc: Nmdc;
  let writer: WriterPod;

  before(async function () {
    if ((await embedded()).node === "played") this.skip(); // Containers do not run on a played node: needs a real one.
    nmdc = await Nmdc.released("written");
    writer = await WriterPod.start(nmdc);
  });

  after(() => writer.stop());

  it("N10, N15: a release that fails loses none of their writes", async () => {
    nmdc.system.plan(await nmdc.images({ ...releases.second, version: "v2.19.0-lies" }));
    nmdc.system.set(["verification", "within"], 3);
    assert.notEqual((await nmdc.system.stack.up()).code, 0);
    await nmdc.settled();
    await writer.writes();
    await assertNothingLost(nmdc, await writer.documents());
    await assertNoneAcceptedWhileClosed(nmdc, writer);
  });

  afterEach("the stack file as it was", () => {
    nmdc.system.restore();
  });

  it("N10, N15: a release whose runner is killed loses none of their writes", async () => {
    nmdc.system.plan(await nmdc.images(releases.second));
    const cli = nmdc.system.stack.start(["up", ...nmdc.system.stack.onStack(), "--yes", "--skip-preview"]);
    await new Promise<void>((resolve) => {
      cli.stdout?.on("data", (chunk: Buffer) => {
        if (chunk.includes("data: swap")) resolve();
      });
    });
    cli.kill("SIGKILL");
    await once(cli, "close");
    await nmdc.settled();
    await writer.writes();
    await assertNothingLost(nmdc, await writer.documents());
    await assertNoneAcceptedWhileClosed(nmdc, writer);
    await nmdc.system.stack.unlock();
  });

  it("N10, N15: a good release loses none of their writes, and brings every one of them into the new shape", async () => {
    nmdc.system.plan(await nmdc.images(releases.second));
    succeeds(await nmdc.system.stack.up());
    await writer.writes();
    const documents = await writer.documents();
    const closed = await assertNoneAcceptedWhileClosed(nmdc, writer);
    const stored = await assertNothingLost(nmdc, documents);
    const inserted = (await writer.attempts()).filter(
      ({ operation, outcome }) => operation === "insert" && outcome === "acknowledged",
    );
    const before = inserted.filter(({ answered }) => Date.parse(answered) < closed.from);
    assert.ok(before.length > 0);
    for (const { number } of before)
      assert.ok(
        !("principal_investigator" in (stored.get(number) ?? {})),
        `study ${number} is in the old shape`,
      );
  });
});

/** No write was acknowledged that was sent while the journal says that writes were closed. */
async function assertNoneAcceptedWhileClosed(
  nmdc: Nmdc,
  writer: WriterPod,
): Promise<{ readonly from: number; readonly to: number }> {
  const entries = await nmdc.system.withDatabase((db) =>
    db
      .collection<{ record: string; kind: string; step: string; at: string }>("_slipway_journal")
      .find()
      .sort({ _id: 1 })
      .toArray(),
  );
  const record = entries.findLast(({ step }) => step === "close-writes")?.record;
  const at = (kind: string, step: string): number =>
    Date.parse(
      entries.find((entry) => entry.record === record && entry.kind === kind && entry.step === step)?.at ??
        "",
    );
  const closed = { from: at("done", "close-writes"), to: at("intent", "open-writes") };
  assert.ok(closed.to > closed.from, "the journal tells when writes were closed");
  const attempts = await writer.attempts();
  const accepted = attempts.filter(
    ({ outcome, sent, answered }) =>
      outcome === "acknowledged" && Date.parse(sent) >= closed.from && Date.parse(answered) <= closed.to,
  );
  assert.deepEqual(accepted, []);
  assert.ok(
    attempts.some(
      ({ outcome, sent }) =>
        outcome === "refused" && Date.parse(sent) >= closed.from && Date.parse(sent) <= closed.to,
    ),
    "somebody was refused meanwhile",
  );
  return closed;
}
