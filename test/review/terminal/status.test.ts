import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { historyInWords, historyLines } from "../../../lib/review/terminal/history-lines";
import { needsAttention, statusInWords, statusOf } from "../../../lib/review/terminal/status";
import { runSlipway } from "../../cli/program";
import { exampleCopy, historyOf } from "../example";

const golden = (name: string): string =>
  readFileSync(join(__dirname, "..", "..", "golden", "review", name), "utf8").trimEnd();
const asOf = "2026-11-21T10:00:00Z";

describe("slipway status and slipway history", function () {
  this.timeout(120_000);

  it("tell all environments on one screen, as kept in test/golden/review/status.txt and history.txt", async () => {
    const { folder } = exampleCopy();
    const history = await historyOf(folder);
    assert.equal(statusInWords(statusOf(history, asOf)), golden("status.txt"));
    assert.equal(historyInWords(historyLines(history, undefined), undefined), golden("history.txt"));
  });

  it("say by their exit code whether somebody has to look", async () => {
    const { folder, git } = exampleCopy();
    const waits = await runSlipway(folder, ["status", "--json"]);
    assert.equal(waits.code, 2);
    const said = JSON.parse(waits.out) as { environments: { environment: string; state: string }[] };
    assert.equal(said.environments.find(({ environment }) => environment === "prod")?.state, "waits");
    git.git("checkout", "--quiet", "HEAD~1");
    const { code, out } = await runSlipway(folder, ["status"]);
    assert.deepEqual([code, /waits/.test(out)], [0, false]);
    const nowhere = await runSlipway(join(folder, ".."), ["status"]);
    assert.deepEqual([nowhere.code, nowhere.out], [1, ""]);
    assert.match(nowhere.error, /no git repository/);
  });

  it("count records that are not committed yet, and list an environment that has none", async () => {
    const { folder, git } = exampleCopy();
    git.git("checkout", "--quiet", "HEAD~1");
    const path = "releases/staging/2026-11-19T10-46-00-000Z-staging-v2.19.0-6.json";
    const text = readFileSync(join(folder, path), "utf8");
    git.git("checkout", "--quiet", "HEAD~1");
    assert.equal(needsAttention(statusOf(await historyOf(folder, "HEAD", folder), asOf)), true);
    writeFileSync(join(folder, path), text);
    assert.equal(needsAttention(statusOf(await historyOf(folder, "HEAD", folder), asOf)), false);
    const none = await runSlipway(folder, ["history", "nowhere"]);
    assert.deepEqual([none.code, none.out.trim()], [0, "no release of nowhere is on record"]);
  });

  it("print the same whether a terminal reads them or not, without a colour, whatever NO_COLOR says", async () => {
    const { folder } = exampleCopy();
    const plain = await runSlipway(folder, ["history"], { NO_COLOR: "1" });
    const asked = await runSlipway(folder, ["history"], { FORCE_COLOR: "1" });
    assert.equal(plain.out, asked.out);
    assert.doesNotMatch(plain.out, /[^\P{Cc}\n]/u);
  });
});
