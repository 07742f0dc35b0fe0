import assert from "node:assert/strict";
import { packagePin } from "../../lib/data/migrations/python/pins";
import { writeSmoke } from "../../lib/release/gates/gather/smoke";
import type { Report } from "../../lib/release/gates/judge";
import { smoke } from "../../cli/smoke";
import { Judged } from "./judged";
import { runSlipway as run } from "./program";
import { ReleaseWorld } from "./release-world";

const minute = 60_000;
const at = (minutes: number): string => new Date(Date.now() + minutes * minute).toISOString();
const local = (minutes: number): string => at(minutes).slice(0, 16);

/** By which the data engine installs the schema package of v2.19.0. */
const pinnedHash =
  /--hash=(sha256:[0-9a-f]{64})/.exec(packagePin({ package: "nmdc-schema", version: "11.24.0" }).text)?.[1] ??
  "";

const backup = (minutes: number, documents: number): string =>
  JSON.stringify([
    {
      store: "nmdc",
      name: "nmdc.gz",
      at: at(minutes),
      bytes: 4711,
      hash: `sha256:${"1".repeat(64)}`,
      restored: { at: at(minutes + 1), counts: { biosample_set: documents } },
    },
  ]);

describe("slipway check, the program", function () {
  this.timeout(600_000);
  let world: ReleaseWorld;
  let stackFile: string;

  before(async () => {
    world = await ReleaseWorld.start();
    await writeSmoke(world.folder, await smoke(world.runtime.folder, "true", "ana"));
    stackFile = world.read("Pulumi.staging.yaml");
  });
  after(() => world.stop());

  /** Writes staging's stack file with some texts in other texts' places, and checks it. */
  const check = async (
    changes: Readonly<Record<string, string>>,
    env?: Readonly<Record<string, string>>,
  ): Promise<Judged> => {
    let text = stackFile;
    for (const [from, to] of Object.entries(changes)) {
      assert.ok(text.includes(from), from);
      text = text.replaceAll(from, to);
    }
    world.write("Pulumi.staging.yaml", text);
    return new Judged(await run(world.folder, ["check", "staging", "--json"], env));
  };

  describe("on a system's code", () => {
    let good: Judged;
    let bad: Judged;
    const gates = { "preset: nmdc": "preset: none, add: [N1, N2, N3, N4, N7, N8, F3, F5, A7, A16, H9]" };
    before(async () => {
      good = await check(gates);
      bad = await check({
        ...gates,
        "tag: v2.19.0": "tag: v2.20.0-rc.1",
        "slipway:release: v2.19.0": "slipway:release: v2.20.0-rc.1",
        "RELEASES.md": "NOTES.md",
        "version: 11.24.0": "version: 11.23.0",
        "/nmdc/fastapi": "/nmdc/nothing",
      });
    });

    it("N1: a recorded smoke test of the tag's commit passes; a tag that does not exist has no tests", () => {
      good.says("N1", "pass", /true/);
      bad.says("N1", "refuse", /v2\.20\.0-rc\.1/);
    });
    it("N2: a published tag passes; one that does not exist is refused", () => {
      good.says("N2", "pass", /v2\.19\.0 is a published tag/);
      bad.says("N2", "refuse", /no tag v2\.20\.0-rc\.1/);
    });
    it("N3: a notes file with the release passes; without the tag there is no summary", () => {
      good.says("N3", "pass", /RELEASES\.md has v2\.19\.0/);
      bad.says("N3", "refuse", /v2\.20\.0-rc\.1/);
    });
    it("N4: the pinned digest of an existing tag passes; an image that the registry has not is refused", () => {
      good.says("N4", "pass", /sha256/);
      bad.says("N4", "refuse", /nmdc\/nothing/);
    });
    it("N7: one schema in commit, image and data passes; a package without its hash is shown", () => {
      good.says("N7", "warn", /the commit has nmdc-schema 11\.24\.0/);
      good.says("N7", "warn", /no hash of the package/);
      bad.says("N7", "refuse", /v2\.20\.0-rc\.1|nothing/);
    });
    it("N7: the hash by which the package is installed passes; another one is refused, and another schema", async () => {
      const n7 = { "preset: nmdc": "preset: none, add: [N7]" };
      const hashed = (hash: string): Record<string, string> => ({
        ...n7,
        "version: 11.24.0": `version: 11.24.0, hash: "${hash}"`,
      });
      (await check(hashed(pinnedHash))).says("N7", "pass", /nmdc-schema 11\.24\.0 is sha256:/);
      (await check(hashed(`sha256:${"0".repeat(64)}`))).says("N7", "refuse", /sha256:000000000000/);
      const other = await check({ ...n7, "version: 11.24.0": "version: 11.23.0" });
      other.says("N7", "refuse", /the image has nmdc-schema 11\.24\.0/);
    });
    it("N8: an image whose every layer is there passes; one that is not there is refused", () => {
      good.says("N8", "pass", /every layer/);
      bad.says("N8", "refuse", /nmdc\/nothing/);
    });
    it("F5: the registry has the image, or it is refused", () => {
      good.says("F5", "pass", /sha256/);
      bad.says("F5", "refuse", /nmdc\/nothing/);
    });
    it("A16: the image is there before anything stops, or it is refused", () => {
      good.says("A16", "pass", /sha256/);
      bad.says("A16", "refuse", /nmdc\/nothing/);
    });
    it("F3: a tag of three parts may go to staging", () => {
      good.says("F3", "pass", /v2\.19\.0/);
    });
    it("A7: a semver tag is no Major-Minor tag", () => {
      good.says("A7", "refuse", /v2\.19\.0/);
    });
    it("H9: a tag that was not made for staging is refused", () => {
      good.says("H9", "refuse", /v2\.19\.0/);
    });
  });

  describe("on the time, the people, the data and the place", () => {
    let good: Judged;
    let bad: Judged;
    const own = "A1, A15, A18, F11, F14, F16, F19, F24, H10, H11, H16, H20, H21, H23, W1, W2, W3, X1";
    const evidence = `evidence: { backups: cat ../backups.json, rehearsal: cat ../rehearsal.json, pending: cat ../pending.json, maintenance: cat ../maintenance.json }`;
    const gates = (places: string): string =>
      `preset: none, add: [${own}], ${evidence}, limits: { restoredAtLeast: { biosample_set: 100 } }, places: { ${places} }`;
    const window = (from: number, to: number): string =>
      `slipway:window: { kind: once, start: "${local(from)}", end: "${local(to)}", zone: UTC }\n  slipway:promotion:`;

    before(async () => {
      world.clock.answering(() => ({ status: 200, headers: { date: new Date().toUTCString() } }));
      world.write("../backups.json", backup(-5, 100));
      world.write("../rehearsal.json", JSON.stringify({ copiedAt: at(-60), freshVolume: true }));
      world.write("../pending.json", "[]");
      world.write("../maintenance.json", "[]");
      const obeys = {
        "preset: nmdc": gates("namespaces: [nmdc], context: none"),
        "slipway:promotion:": window(-60, 300),
        "reviewers: 2": "reviewers: 2, crewChief: carol, driver: dan",
      };
      // What is judged as a clean tree is committed first.
      await check(obeys);
      world.project.git("add", "-A");
      world.project.git("commit", "--quiet", "-m", "rules");
      good = await check(obeys);

      world.clock.answering(() => ({
        status: 200,
        headers: { date: new Date(Date.now() - 60 * minute).toUTCString() },
      }));
      world.write("../backups.json", backup(-3 * 24 * 60, 99));
      world.write("../rehearsal.json", JSON.stringify({ copiedAt: at(-5 * 24 * 60), freshVolume: true }));
      world.write(
        "../pending.json",
        JSON.stringify([
          { id: "b", order: "2019-10-30", author: "ana" },
          { id: "a", order: "2018-01-01", author: "ana" },
        ]),
      );
      world.write(
        "../maintenance.json",
        JSON.stringify([{ service: "api", title: "other work", since: at(-60) }]),
      );
      bad = await check(
        {
          "preset: nmdc": gates("namespaces: [other], context: other"),
          "slipway:promotion:": `${window(60, 90).replace(
            "slipway:promotion:",
            `slipway:freezes: [{ from: "${local(-60)}", to: "${local(60)}", zone: UTC, reason: a conference }]`,
          )}\n  slipway:lane: { kind: normal }\n  slipway:promotion:`,
          ", replicas: 2": "",
        },
        { TRIGGER_AWX: "yes", TRIGGER_DEVELOPER_AWX: "yes" },
      );
    });

    it("X1: pins by digest pass", () => {
      good.says("X1", "pass", /pinned to sha256/);
    });
    it("A1: crew chief and driver are named, or it is refused", () => {
      good.says("A1", "pass", /carol/);
      bad.says("A1", "refuse", /crewChief|crew chief/);
    });
    it("A15: a tree that is its commit passes; one with changes is refused", () => {
      good.says("A15", "pass", /./);
      bad.says("A15", "refuse", /Pulumi\.staging\.yaml/);
    });
    it("A18: foreign maintenance that is on is shown", () => {
      good.says("A18", "pass", /./);
      bad.says("A18", "warn", /other work/);
    });
    it("F11: one trigger passes, both are refused", () => {
      good.says("F11", "pass", /./);
      bad.says("F11", "refuse", /TRIGGER/);
    });
    it("F14: this environment's namespace passes, another one is refused", () => {
      good.says("F14", "pass", /nmdc/);
      bad.says("F14", "refuse", /other/);
    });
    it("H10: this environment's cluster passes, another one is refused", () => {
      good.says("H10", "pass", /./);
      bad.says("H10", "refuse", /other/);
    });
    it("H11: a service runs the number of pods that its file says, one where it says none", () => {
      good.says("H11", "pass", /runtime-api: 2/);
      bad.says("H11", "pass", /runtime-api: 1/);
    });
    it("F16: a try on a fresh copy passes, one on an old copy is refused", () => {
      good.says("F16", "pass", /./);
      bad.says("F16", "refuse", /./);
    });
    it("F24: a backup of the last hour passes, an older one is refused", () => {
      good.says("F24", "pass", /nmdc\.gz/);
      bad.says("F24", "refuse", /./);
    });
    it("H20: today's backup passes, one of another day is refused", () => {
      good.says("H20", "pass", /nmdc\.gz/);
      bad.says("H20", "refuse", /./);
    });
    it("H21: a backup that was restored with 100 documents passes, one with 99 is refused", () => {
      good.says("H21", "pass", /./);
      bad.says("H21", "refuse", /99/);
    });
    it("H23: no pending change set passes; two out of order are refused", () => {
      good.says("H23", "pass", /./);
      bad.says("H23", "refuse", /2018-01-01/);
    });
    it("W1: inside of the window passes, before it is refused", () => {
      good.says("W1", "pass", /open until/);
      bad.says("W1", "refuse", /before the window/);
    });
    it("F19: a window with time enough passes, one of 30 minutes is refused", () => {
      good.says("F19", "pass", /minutes left, 45 needed/);
      bad.says("F19", "refuse", /30 minutes left/);
    });
    it("W2: no freeze passes, a freeze is refused with its reason", () => {
      good.says("W2", "pass", /./);
      bad.says("W2", "refuse", /a conference/);
    });
    it("W3: a right clock passes, one that is an hour off is refused", () => {
      good.says("W3", "pass", /./);
      bad.says("W3", "refuse", /ahead of/);
    });
    it("H16: a normal release of a tracked environment passes", () => {
      good.says("H16", "pass", /tracked/);
    });
  });

  describe("to its caller", () => {
    const promotion = { "preset: nmdc": "preset: none, add: [F15, W4, H15, H8]" };

    it("X4: ends with 0 where everything passes, and prints it", async () => {
      await check({ "preset: nmdc": "preset: none" });
      const { code, out } = await run(world.folder, ["check", "staging"]);
      assert.equal(code, 0, out);
      assert.match(out, /✓ may be released: 0 refuse, 0 wait, 0 warn, 1 pass/);
    });

    it("X4: ends with 0 where it only warns", async () => {
      const { ran } = await check({ "preset: nmdc": "preset: none, add: [A14]" });
      assert.equal(ran.code, 0, ran.out);
      assert.equal((JSON.parse(ran.out) as Report).verdict, "warn");
    });

    it("N8: ends with 1 while a registry does not answer: it waits, and never passes", async () => {
      const judged = await check({
        "preset: nmdc": "preset: none, add: [N8]",
        [world.registry.host]: "127.0.0.1:1",
      });
      judged.says("N8", "waiting", /127\.0\.0\.1:1/);
      assert.equal(judged.ran.code, 1);
    });

    it("X4: an override turns a refusal into a warning, with who and why on the page, and ends with 0", async () => {
      const add = "preset: none, add: [A1]";
      const refused = await check({ "preset: nmdc": add });
      refused.says("A1", "refuse", /./);
      assert.equal(refused.ran.code, 1);
      const accepted = await check({
        "preset: nmdc": `${add}, override: [{ gate: A1, reason: both are ill, by: olga }]`,
      });
      accepted.says("A1", "warn", /./);
      assert.equal(accepted.ran.code, 0);
      assert.match((await run(world.folder, ["check", "staging"])).out, /overridden by olga: both are ill/);
    });

    it("F15, W4, H15, H8: without a release of dev, staging is refused; after one that ran long enough it passes", async () => {
      const refused = await check(promotion);
      for (const id of ["F15", "W4", "H15", "H8"]) refused.says(id, "refuse", /no release of dev on record/);
      await world.released("dev", at(-2 * 24 * 60));
      const passed = await check(promotion);
      for (const id of ["F15", "W4", "H15", "H8"]) passed.says(id, "pass", /./);
      assert.equal(passed.ran.code, 0);
    });

    it("H11: a stack file whose number of pods is empty or not positive is refused by name", async () => {
      for (const replicas of ["0", '""']) {
        world.write("Pulumi.staging.yaml", stackFile.replace("replicas: 2", `replicas: ${replicas}`));
        const { code, error } = await run(world.folder, ["check", "staging"]);
        assert.equal(code, 1);
        assert.match(error, /slipway:services\.runtime-api\.replicas/);
      }
    });

    it("X2: changes nothing in the working tree", async () => {
      world.write("Pulumi.staging.yaml", stackFile);
      const before = world.project.git("status", "--porcelain");
      await run(world.folder, ["check", "staging"]);
      assert.equal(world.project.git("status", "--porcelain"), before);
    });

    it("X4: names every mistake of a stack file at once, and an environment that is none; never a stack trace", async () => {
      world.write(
        "Pulumi.staging.yaml",
        stackFile.replace("preset: nmdc", "preset: nmcd").replace("soakHours: 24", "soakHours: -1"),
      );
      const wrong = await run(world.folder, ["check", "staging"]);
      assert.equal(wrong.code, 1);
      assert.match(wrong.error, /slipway:gates\.preset.*\n.*slipway:promotion\.soakHours/);
      const none = await run(world.folder, ["check", "moon"]);
      assert.equal(none.code, 1);
      assert.match(none.error, /Pulumi\.moon\.yaml: found no such file/);
      assert.doesNotMatch(wrong.error + none.error, /\n {4}at /);
    });
  });
});
