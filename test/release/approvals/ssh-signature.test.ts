import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  parseSignedStatement,
  statementText,
  type SignedStatement,
} from "../../../lib/release/approvals/signed-statement";
import {
  readSignedStatements,
  signStatement,
  verifyStatement,
} from "../../../lib/release/approvals/ssh-signature";
import { Refusal } from "../../../lib/problem";

const about = { system: "ingest", environment: "prod" };
const statement: SignedStatement = {
  kind: "slipway approval",
  ...about,
  release: "prod-33242e93-16-04-2021.1618577888",
  hash: `sha256:${"a".repeat(64)}`,
  role: "reviewer",
  says: "approve",
  by: "ana@example.org",
  at: "2026-11-20T10:00:00Z",
};

describe("approval signed with an SSH key", () => {
  let folder: string;
  let signers: string;
  const key = (name: string): string => join(folder, name);
  const read = (): ReturnType<typeof readSignedStatements> =>
    readSignedStatements(join(folder, "approvals"), signers, about, [
      { name: "ana", ssh: "ana@example.org" },
    ]);

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "slipway-ssh-"));
    signers = join(folder, "allowed_signers");
    for (const name of ["ana", "mallory"]) {
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key(name)]);
    }
    writeFileSync(signers, `ana@example.org ${readFileSync(key("ana.pub"), "utf8")}`);
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => {
    rmSync(join(folder, "approvals"), { recursive: true, force: true });
  });

  it("H3: a good signature is a statement of that person, under the name that the config uses", async () => {
    const file = await signStatement(join(folder, "approvals"), statement, key("ana"));
    assert.deepEqual(await verifyStatement(file, signers), statement);
    const { statements, bad } = await read();
    assert.deepEqual(bad, []);
    assert.deepEqual(
      statements.map(({ by, hash, says }) => ({ by, hash, says })),
      [{ by: "ana", hash: statement.hash, says: "approve" }],
    );
  });

  it("H3: another's key, a changed text, and a signature made for something else are refused with the file's name", async () => {
    const approvals = join(folder, "approvals");
    const forged = await signStatement(approvals, { ...statement, role: "team" }, key("mallory"));
    const changed = await signStatement(approvals, statement, key("ana"));
    writeFileSync(changed, statementText({ ...statement, hash: `sha256:${"b".repeat(64)}` }));
    const other = join(approvals, "other.json");
    writeFileSync(other, statementText(statement));
    execFileSync("ssh-keygen", ["-Y", "sign", "-q", "-f", key("ana"), "-n", "git", other], {
      stdio: "ignore",
    });

    const { statements, bad } = await read();
    assert.deepEqual(statements, []);
    assert.deepEqual(bad.map((one) => one.problems[0]?.where).sort(), [changed, forged, other].sort());
    for (const one of bad) assert.match(one.message, /no good signature by ana@example\.org/);
  });

  it("H3: a statement about another environment counts for nothing here", async () => {
    await signStatement(join(folder, "approvals"), { ...statement, environment: "staging" }, key("ana"));
    assert.deepEqual(await read(), { statements: [], bad: [] });
  });

  it("leaves nothing behind when the key cannot sign", async () => {
    await assert.rejects(signStatement(join(folder, "approvals"), statement, key("none")), Refusal);
    assert.throws(() => readdirSync(join(folder, "approvals")), { code: "ENOENT" });
  });

  it("a missing folder holds no statements, and a file that is none is named", async () => {
    assert.deepEqual(await read(), { statements: [], bad: [] });
    for (const text of [
      "{",
      "[]",
      "{}",
      JSON.stringify({ ...statement, hash: "sha256:1" }),
      JSON.stringify({ ...statement, more: 1 }),
    ]) {
      assert.throws(() => parseSignedStatement(text, "approvals/x.json"), /approvals\/x\.json/);
    }
  });
});
