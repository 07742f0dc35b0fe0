import { randomUUID } from "node:crypto";
import { DateTime } from "luxon";
import type { MaintenanceConfig } from "../lib/config/maintenance";
import type { VerificationConfig } from "../lib/config/verification";
import { type ExpectedService, awaitRunningSystem } from "../lib/evidence/running-system";
import { titlesOf } from "../lib/release/maintenance/ledger";
import { noticeOf, type Notice } from "../lib/release/maintenance/notice";
import { previewOf } from "../lib/release/maintenance/preview";
import { startMaintenance } from "../lib/release/maintenance/start";
import { stopMaintenance } from "../lib/release/maintenance/stop";
import type { WindowConfig } from "../lib/release/windows/window";
import { keepWatch } from "./maintenance-keeper-process";
import { stands, withMaintenance } from "./maintenance-place";
import { watchPulumi } from "./pulumi-alive";
import { releaseSpec } from "./release-spec";
import type { Kind, Props } from "./resource-kind";

/** What the maintenance of a release is made from. */
export interface MaintenanceProps extends Props {
  readonly maintenance: MaintenanceConfig;
  readonly window?: WindowConfig | undefined;
}

/** What must be right before it ends (rule A17). */
export interface MaintenanceEndProps extends MaintenanceProps {
  readonly expected: readonly ExpectedService[];
  readonly verification: VerificationConfig;
}

/** Starts before the data is touched, in all services or in none; not at all where nothing will be released. */
export const maintenanceStart: Kind<MaintenanceProps> = {
  async apply(props) {
    watchPulumi(process.argv[2], () => process.exit(1));
    const spec = releaseSpec(props);
    const run = randomUUID();
    const own = await withMaintenance(spec, props.maintenance, async ({ services, ledger, status }) => {
      if (stands(await status(), props.hash)) return undefined;
      const now = new Date().toISOString();
      const { environment, release, operator: by, hash } = spec;
      const notice = noticeFor(props);
      return startMaintenance(services, ledger, { environment, release, hash, notice, run, by, now, say });
    });
    if (own === undefined) return { ...props, title: null };
    sayWhatEndsIt(props);
    if (props.maintenance.onFailure === "stop") keepWatch({ spec, config: props.maintenance, run });
    return { ...props, title: own.title, message: own.message, by: own.by, at: own.at };
  },
  async changed(olds, news) {
    if (olds.hash !== news.hash) return true;
    const found = await withMaintenance(releaseSpec(news), news.maintenance, ({ status }) => status());
    return !stands(found, news.hash);
  },
  read: (props) => Promise.resolve(props),
};

/** Ends when the record is closed and the system is looked at once more; also what an earlier run left on (rule A17). */
export const maintenanceEnd: Kind<MaintenanceEndProps> = {
  async apply(props) {
    const spec = releaseSpec(props);
    const { environment, operator: by } = spec;
    return withMaintenance(spec, props.maintenance, async ({ services, ledger }) => {
      if (titlesOf(await ledger.read()).length > 0)
        await awaitRunningSystem(spec, props.expected, props.verification);
      const now = new Date().toISOString();
      const ended = await stopMaintenance(services, ledger, { environment, by, now, say });
      return { ...props, ended, by, at: now };
    });
  },
  async changed(olds, news) {
    if (olds.recordId !== news.recordId) return true;
    const own = await withMaintenance(releaseSpec(news), news.maintenance, ({ ledger }) => ledger.read());
    return titlesOf(own).length > 0;
  },
  read: (props) => Promise.resolve(props),
};

/** What a release would tell users, for `pulumi preview`; no line where it would tell them nothing. */
export function maintenanceInWords(props: MaintenanceProps): Promise<readonly string[]> {
  return withMaintenance(releaseSpec(props), props.maintenance, async ({ services, ledger, status }) =>
    stands(await status(), props.hash) ? [] : previewOf(services, await ledger.read(), noticeFor(props)),
  );
}

function noticeFor({ release, maintenance, window }: MaintenanceProps): Notice {
  const { name = release.system, minutes, zone } = maintenance;
  return noticeOf({ name, release: release.release, window, minutes, zone }, DateTime.now());
}

function sayWhatEndsIt({ release, maintenance: { onFailure } }: MaintenanceProps): void {
  say(
    onFailure === "keep"
      ? `maintenance: ends when the release is verified. If the release fails it STAYS ON until: slipway maintenance stop ${release.environment}`
      : "maintenance: ends when the release is verified, or taken back.",
  );
}

/** Whatever a dynamic provider prints, Pulumi shows. */
function say(line: string): void {
  console.log(line);
}
