import assert from "node:assert/strict";
import { SlowServer } from "../../../lib/data/spread/slow-server";

describe("A server that becomes slow", () => {
  it("is left time for as long as it took too long, and none while it is as quick as ever", () => {
    const server = new SlowServer();
    assert.equal(server.pause(100, 1000), 0);
    assert.equal(server.pause(250, 1000), 0);
    assert.ok(Math.abs(server.pause(1000, 1000) - 690) < 10);
    assert.equal(server.pause(2000, 20_000), 0);
    assert.equal(server.pause(60_000, 1000), 5000);
  });

  it("is taken for what it is when it stays so", () => {
    const server = new SlowServer();
    server.pause(100, 1000);
    const pauses = Array.from({ length: 100 }, () => server.pause(1000, 1000));
    assert.ok((pauses[0] ?? 0) > 0);
    assert.equal(pauses.at(-1), 0);
  });

  it("is never waited for where replies are quick", () => {
    const server = new SlowServer();
    server.pause(1, 1000);
    assert.equal(server.pause(40, 1000), 0);
  });
});
