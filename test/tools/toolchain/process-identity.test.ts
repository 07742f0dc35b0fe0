import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  formatIdentity,
  identityOf,
  isAlive,
  ownIdentity,
  parseIdentity,
  parsePrinted,
  printOwnIdentity,
} from "../../../tools/toolchain/process-identity";

describe("A process's identity", () => {
  it("tells a process from a later one with the same number", () => {
    const own = ownIdentity();
    assert.ok(isAlive(own));
    assert.ok(!isAlive({ ...own, start: `${own.start}0` }));
  });

  it("is the same whether the process prints it or somebody looks, and stays over exec", async () => {
    const child = spawn("sh", ["-c", `${printOwnIdentity}; exec sleep 600`], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    let printed = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
    try {
      while (parsePrinted(printed) === undefined) await once(child.stdout, "data");
      assert.deepEqual(parsePrinted(printed), identityOf(child.pid ?? 0));
    } finally {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    assert.equal(identityOf(child.pid ?? 0), undefined);
  });

  it("survives its text form", () => {
    const own = ownIdentity();
    assert.deepEqual(parseIdentity(formatIdentity(own)), own);
    assert.equal(parseIdentity("no identity"), undefined);
  });

  it("is read from a line whose program's name holds brackets and spaces", () => {
    const stat = (state: string): string =>
      `7\nboot\n7 (a) b (c)) ${state} 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4242 20\n`;
    assert.deepEqual(parsePrinted(stat("S")), { pid: 7, start: "boot+4242" });
    assert.equal(parsePrinted(stat("Z")), undefined, "a zombie has ended");
    assert.equal(parsePrinted("7\n"), undefined, "half a record is none");
  });

  it("is unknown for a process that is not there", () => {
    const pid = Number(execFileSync("sh", ["-c", "echo $$"]).toString());
    assert.equal(identityOf(pid), undefined);
  });
});
