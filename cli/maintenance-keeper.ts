import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { stopMaintenance } from "../lib/release/maintenance/stop";
import type { KeeperRequest } from "./maintenance-keeper-process";
import { type MaintenancePlace, withMaintenance } from "./maintenance-place";

const askEvery = 500;

/** Waits until the run is over, then until its release is settled; ends its maintenance where the release was taken back. */
async function main(): Promise<void> {
  const lines = createInterface({ input: process.stdin });
  const over = once(lines, "close");
  const [line] = (await once(lines, "line")) as [string];
  const { spec, config, run } = JSON.parse(line) as KeeperRequest;
  await over;
  await withMaintenance(spec, config, async (place) => {
    const own = await place.ledger.read();
    // Ended as it should be, or another run has come since, which keeps its own.
    if (own?.run !== run || own.state === "ended") return;
    const settled = await settledStatus(place);
    if (settled === "left-behind") {
      say(
        `${own.title} stays on: the release was left behind; next: slipway data resume ${spec.environment}`,
      );
    } else if (settled === spec.hash) {
      say(`${own.title} stays on: the release stands, and the next pulumi up ends it`);
    } else if ((await place.ledger.read())?.run === run) {
      const { environment, operator: by } = spec;
      await stopMaintenance(place.services, place.ledger, {
        environment,
        by: `${by}, after the release was taken back`,
        now: new Date().toISOString(),
        say,
      });
    }
  });
}

/** The hash that stands once no release is under way; or that one was left by a dead engine. */
async function settledStatus({ status }: MaintenancePlace): Promise<string | undefined> {
  for (;;) {
    const { open, hash } = await status();
    if (open === undefined) return hash;
    if (!open.ownerAlive) return "left-behind";
    await sleep(askEvery);
  }
}

function say(line: string): void {
  console.log(`${new Date().toISOString()} ${line}`);
}

main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
