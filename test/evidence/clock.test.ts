import assert from "node:assert/strict";
import { serverClock } from "../../lib/evidence/clock";
import { mustBeUnjudged, mustFind } from "./assert-finding";
import { HttpFixture } from "./http-fixture";

describe("serverClock", () => {
  let server: HttpFixture;

  before(async () => {
    server = await HttpFixture.start();
  });

  after(() => server.stop());

  it("finds the time of another machine, whatever it answers", async () => {
    server.answering(() => ({ status: 404, headers: { date: "Sat, 21 Nov 2026 10:00:00 GMT" } }));
    assert.equal(mustFind(await serverClock(`http://${server.host}/v2/`)).value, "2026-11-21T10:00:00.000Z");
  });

  it("does not judge without an answer, or without a date in it", async () => {
    server.answering(() => ({ status: 200, headers: { date: "yesterday" } }));
    assert.match(mustBeUnjudged(await serverClock(`http://${server.host}`)), /does not say what time it is/);
    assert.match(mustBeUnjudged(await serverClock("http://127.0.0.1:1")), /cannot be reached/);
    assert.match(mustBeUnjudged(await serverClock("http://clock.example")), /https only/);
    mustBeUnjudged(await serverClock("nowhere"));
  });
});
