import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { Browser } from "puppeteer-core";

/** The machine's Chromium; undefined where it has none. */
export function chromium(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders
    .flatMap((folder) => ["chromium", "chromium-browser", "google-chrome"].map((name) => join(folder, name)))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Starts it without a window. Whoever starts it closes it. */
export async function startBrowser(executablePath: string): Promise<Browser> {
  const { launch } = await import("puppeteer-core");
  // Root may not use the sandbox; what is looked at is our own, and is loaded from this machine alone.
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const args = [
    ...sandbox,
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--font-render-hinting=none",
    "--hide-scrollbars",
  ];
  return launch({ executablePath, headless: true, args, timeout: 120_000 });
}
