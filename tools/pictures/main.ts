import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "puppeteer-core";
import { packageRoot } from "../../lib/package-root";
import { chromium, startBrowser } from "./browser";
import { makeExample, proposal } from "./example-history";

/** Widths in CSS pixels: a desk and a phone. */
const sizes = { wide: { width: 1120, height: 900 }, phone: { width: 390, height: 844 } } as const;

interface Picture {
  readonly name: string;
  readonly page: string;
  readonly size: keyof typeof sizes;
  readonly scheme: "light" | "dark";
}

const pictures: readonly Picture[] = [
  { name: "environments", page: "site/index.html", size: "wide", scheme: "light" },
  { name: "environments-dark", page: "site/index.html", size: "wide", scheme: "dark" },
  { name: "environments-phone", page: "site/index.html", size: "phone", scheme: "light" },
  { name: "release", page: "release", size: "wide", scheme: "light" },
  { name: "release-phone-dark", page: "release", size: "phone", scheme: "dark" },
  { name: "diff", page: "diff.html", size: "wide", scheme: "light" },
];

/** `npm run pictures`: makes the example, writes its pages with the command itself, and takes their pictures for the docs. */
async function main(folder: string): Promise<void> {
  const browser = chromium();
  if (browser === undefined) throw new Error("no Chromium on PATH: apt-get install chromium");
  const place = await mkdtemp(join(tmpdir(), "slipway-pictures-"));
  try {
    const { releases } = makeExample(place);
    const slipway = (...args: readonly string[]): string =>
      execFileSync(process.execPath, [join(packageRoot(), "build", "cli", "slipway.js"), ...args], {
        cwd: releases,
        encoding: "utf8",
      });
    slipway("page", "--out", join(place, "site"));
    const parts = await proposal(place, releases);
    slipway("diff", "HEAD~1..HEAD", ...parts, "--format", "html", "--out", join(place, "diff.html"));
    await mkdir(folder, { recursive: true });
    const opened = await startBrowser(browser);
    try {
      for (const picture of pictures) await take(opened, place, folder, picture);
    } finally {
      await opened.close();
    }
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

const shownRelease = "site/releases/staging/2026-10-22T10-35-00-000Z-staging-v2.18.0-4.html";

async function take(browser: Browser, place: string, folder: string, picture: Picture): Promise<void> {
  const tab = await browser.newPage();
  await tab.setViewport(sizes[picture.size]);
  await tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value: picture.scheme }]);
  const path = picture.page === "release" ? shownRelease : picture.page;
  await tab.goto(`file://${join(place, path)}`);
  const file = join(folder, `${picture.name}.webp`);
  await tab.screenshot({ path: file, type: "webp", quality: 60, fullPage: true });
  await tab.close();
  console.log(`${file}  ${Math.ceil((await stat(file)).size / 1024)} KB`);
}

main(process.argv[2] ?? join(packageRoot(), "docs", "pictures")).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
