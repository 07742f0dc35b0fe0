import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "puppeteer-core";
import { writeSite } from "../../../cli/page";
import { siteOf } from "../../../lib/review/page/site";
import { chromium, startBrowser } from "../../../tools/pictures/browser";
import { scratch } from "../../scratch";
import { exampleCopy, historyOf } from "../example";
import { runSlipway } from "../../cli/program";
import { type Focused, inPage } from "./in-page";

const attack = `<img src=x onerror="window.pwned=1">'"&`;

describe("the environments page", function () {
  this.timeout(300_000);

  it("is byte-identical when it is made again, from a bare clone as from the working one", async () => {
    const { folder, place, git } = exampleCopy();
    git.clone(join(place, "bare.git"), "--bare");
    writeFileSync(join(folder, "releases", "prod", "not-committed.json"), "{}");
    const [here, bare] = [await historyOf(folder), await historyOf(join(place, "bare.git"))];
    const files = siteOf(here);
    assert.deepEqual(files, siteOf(bare));
    assert.equal(files.length, 1 + 20);
    const out = join(place, "site");
    for (const args of [["--repository", join(place, "bare.git")], []]) {
      const ran = await runSlipway(folder, ["page", "--out", out, ...args]);
      assert.equal(ran.code, 0, ran.error);
      for (const { path, text } of files) assert.equal(readFileSync(join(out, path), "utf8"), text, path);
    }
  });

  it("is not written over anything but a site", async () => {
    const folder = scratch("site");
    writeFileSync(join(folder, "mine.txt"), "mine");
    await assert.rejects(writeSite(folder, []), /a folder with other things in it/);
    assert.equal(readFileSync(join(folder, "mine.txt"), "utf8"), "mine");
  });

  it("shows records of an older form as they are, an edited one as edited, and names a file that is none", async () => {
    const { folder, git } = exampleCopy();
    const path = "releases/prod/2026-11-03T15-31-00-000Z-prod-v2.18.1-6.json";
    const kept = JSON.parse(readFileSync(join(folder, path), "utf8")) as { record: Record<string, unknown> };
    const later = new Set(["collections", "durations", "images"]);
    const older = Object.fromEntries(Object.entries(kept.record).filter(([key]) => !later.has(key)));
    git.commit("old", {
      "releases/old/bare.json": JSON.stringify({ ...older, environment: "old" }),
      "releases/old/none.json": "{ half",
      [path]: readFileSync(join(folder, path), "utf8").replace('"operator": "ana"', '"operator": "eve"'),
    });
    const history = await historyOf(folder);
    const seals = history.environments.flatMap(({ releases }) => releases.map(({ seal }) => seal));
    assert.deepEqual(
      [seals.filter((seal) => seal === "none").length, seals.filter((seal) => seal === "edited").length],
      [1, 1],
    );
    const [index, ...releases] = siteOf(history);
    assert.match(index?.text ?? "", /releases\/old\/none\.json: no JSON/);
    assert.match(index?.text ?? "", /prod-v2\.18\.1-6\.json was edited: its checksum does not fit/);
    assert.match(
      releases.find(({ path: page }) => page === "releases/old/bare.html")?.text ?? "",
      /an older form/,
    );
    const ran = await runSlipway(folder, ["history", "prod"]);
    assert.equal(ran.code, 1);
    assert.match(ran.out, /by eve {2}EDITED/);
  });

  describe("in a real browser", () => {
    let browser: Browser;
    let site: string;

    before(async function () {
      const found = chromium();
      if (found === undefined) {
        console.log("      skipped: no chromium on PATH; .ci/run installs it where it may");
        this.skip();
      }
      browser = await startBrowser(found);
      const { folder, git, place } = exampleCopy();
      site = join(place, "site");
      const path = "releases/staging/2026-11-19T10-46-00-000Z-staging-v2.19.0-6.json";
      const text = readFileSync(join(folder, path), "utf8");
      const record = JSON.parse(text) as { record: object };
      const named = { ...record.record, operator: attack, reason: attack, release: attack };
      git.commit(attack, { [path]: JSON.stringify({ ...record, record: named }) });
      mkdirSync(site, { recursive: true });
      await writeSite(site, siteOf(await historyOf(folder)));
    });
    after(async () => {
      await (browser as Browser | undefined)?.close();
    });

    const open = async (path: string, width: number, scheme: "light" | "dark"): Promise<Page> => {
      const tab = await browser.newPage();
      await tab.setViewport({ width, height: 900 });
      await tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      await tab.goto(`file://${join(site, path)}`);
      return tab;
    };
    const release = "releases/staging/2026-10-22T10-35-00-000Z-staging-v2.18.0-4.html";

    for (const [path, width, scheme] of [
      ["index.html", 1280, "light"],
      ["index.html", 1280, "dark"],
      ["index.html", 360, "light"],
      ["index.html", 360, "dark"],
      [release, 1280, "light"],
      [release, 360, "dark"],
    ] as const) {
      it(`${path === release ? "a release" : "the front page"} can be read ${width} pixels wide, ${scheme}: contrast, order, names, no sideways scrolling`, async () => {
        const tab = await open(path, width, scheme);
        assert.deepEqual(await tab.evaluate(inPage.lowContrast), []);
        assert.deepEqual(await tab.evaluate(inPage.structure), {
          landmarks: ["header", "main", "footer"],
          headings: "in order",
          h1: 1,
          language: "en",
        });
        assert.deepEqual(await tab.evaluate(inPage.unnamed), []);
        assert.equal(
          await tab.evaluate(inPage.scrollsSideways),
          0,
          "the page itself does not scroll sideways",
        );
        await tab.close();
      });
    }

    it("runs nothing and loads nothing, whatever people wrote into their records", async () => {
      const tab = await browser.newPage();
      const asked: string[] = [];
      tab.on("request", (request) => asked.push(request.url()));
      await tab.goto(`file://${join(site, "index.html")}`);
      assert.deepEqual(await tab.evaluate(inPage.ran), [false, 0]);
      assert.ok(String(await tab.evaluate(inPage.text)).includes(attack));
      assert.deepEqual(
        asked.filter((url) => !url.startsWith("file:") && !url.startsWith("data:")),
        [],
      );
      await tab.close();
    });

    it("is used by keyboard: the first stop skips to the content, every stop is seen, every link leads somewhere", async () => {
      const tab = await open("index.html", 1280, "light");
      const focused = async (): Promise<Focused> => (await tab.evaluate(inPage.focused)) as Focused;
      await tab.keyboard.press("Tab");
      const { text, left } = await focused();
      assert.equal(text, "Skip to content");
      assert.ok(left >= 0, "it is seen");
      await tab.keyboard.press("Enter");
      assert.equal((await focused()).id, "main");
      for (let stop = 0; stop < 8; stop += 1) {
        await tab.keyboard.press("Tab");
        assert.notEqual((await focused()).outline, "none");
      }
      const links = (await tab.evaluate(inPage.links)) as readonly string[];
      for (const link of links.filter((one) => !one.includes("#"))) readFileSync(new URL(link), "utf8");
      assert.ok(links.length > 25, String(links.length));
      await tab.close();
    });
  });
});
