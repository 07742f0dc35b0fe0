import { randomUUID } from "node:crypto";
import { DateTime } from "luxon";
import type { MaintenanceConfig } from "../lib/config/maintenance";
import type { ReleaseInputs } from "../lib/config/release-inputs";
import type { VerificationConfig } from "../lib/config/verification";
import type { ReleaseSpec } from "../lib/data/protocol";
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

/** What the maintenance of a release is made from; `spec` is the release as the engine takes it. */
export interface MaintenanceProps {
  readonly release: ReleaseInputs;
  readonly hash: string;
  readonly secrets: Readonly<Record<string, string>>;
  readonly maintenance: MaintenanceConfig;
  readonly window?: WindowConfig | undefined;
  readonly recordId?: string;
}

/** What must be right before it ends (rule A17). */
export interface MaintenanceEndProps extends MaintenanceProps {
  readonly expected: readonly ExpectedService[];
  readonly verification: VerificationConfig;
}

type SpecOf = (props: Pick<MaintenanceProps, "release" | "secrets">) => ReleaseSpec;

/** Starts before the data is touched, in all services or in none; not at all where nothing will be released. */
export function maintenanceStart(specOf: SpecOf): {
  apply(props: MaintenanceProps): Promise<object>;
  changed(olds: MaintenanceProps, news: MaintenanceProps): Promise<boolean>;
  read(props: MaintenanceProps): Promise<object>;
} {
  return {
    async apply(props) {
      watchPulumi(process.argv[2], () => process.exit(1));
      const spec = specOf(props);
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
      const found = await withMaintenance(specOf(news), news.maintenance, ({ status }) => status());
      return !stands(found, news.hash);
    },
    read: (props) => Promise.resolve(props),
  };
}

/** Ends when the record is closed and the system is looked at once more; also what an earlier run left on (rule A17). */
export function maintenanceEnd(specOf: SpecOf): {
  apply(props: MaintenanceEndProps): Promise<object>;
  changed(olds: MaintenanceEndProps, news: MaintenanceEndProps): Promise<boolean>;
  read(props: MaintenanceEndProps): Promise<object>;
} {
  return {
    async apply(props) {
      const spec = specOf(props);
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
      const own = await withMaintenance(specOf(news), news.maintenance, ({ ledger }) => ledger.read());
      return titlesOf(own).length > 0;
    },
    read: (props) => Promise.resolve(props),
  };
}

/** What a release would tell users, for `pulumi preview`; no line where it would tell them nothing. */
export function maintenanceInWords(specOf: SpecOf, props: MaintenanceProps): Promise<readonly string[]> {
  return withMaintenance(specOf(props), props.maintenance, async ({ services, ledger, status }) =>
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
