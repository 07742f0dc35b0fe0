import { everyTitleOf, type MaintenanceLedger, type OwnMaintenance, titlesOf } from "./ledger";
import { lookAtAll, onIn } from "./look";
import type { MaintainedService, OnRecord } from "./maintained-service";

/** What is on in an environment, and which command comes next. */
export interface MaintenanceStatus {
  /** Ours, the last one, whatever became of it. */
  readonly own?: OwnMaintenance;
  readonly services: readonly {
    readonly service: string;
    readonly on: readonly (OnRecord & { readonly ours: boolean })[];
    /** Why it does not say what is on. */
    readonly unknown?: string;
  }[];
  readonly next?: string;
}

/** Looks into every service and the ledger; changes nothing. */
export async function maintenanceStatus(
  services: readonly MaintainedService[],
  ledger: MaintenanceLedger,
  environment: string,
): Promise<MaintenanceStatus> {
  const own = await ledger.read();
  const titles = everyTitleOf(own);
  const looked = await lookAtAll(services);
  const shown = looked.flatMap(onIn).some(({ title }) => titles.includes(title));
  return {
    ...(own && { own }),
    services: looked.map((one) => ({
      service: one.service.name,
      on: onIn(one).map((record) => ({ ...record, ours: titles.includes(record.title) })),
      ...(one.look.kind !== "there" && { unknown: one.look.why }),
    })),
    ...((shown || titlesOf(own).length > 0) && { next: `slipway maintenance stop ${environment}` }),
  };
}

/** The same, on one screen. */
export function statusInWords({ own, services, next }: MaintenanceStatus): string {
  const width = Math.max(4, ...services.map(({ service }) => service.length));
  const line = (name: string, text: string): string => `${name.padEnd(width)}  ${text}`;
  return [
    line("ours", own === undefined ? "never was any" : ownInWords(own)),
    ...services.flatMap(({ service, on, unknown }) => [
      ...(unknown === undefined ? [] : [line(service, unknown)]),
      ...(unknown === undefined && on.length === 0 ? [line(service, "none is on")] : []),
      ...on.map(({ title, ours }) => line(service, `on: ${title}${ours ? "" : " (not ours)"}`)),
    ]),
    line("next", next ?? "nothing to do"),
  ].join("\n");
}

function ownInWords({ title, state, by, at, ended }: OwnMaintenance): string {
  if (state === "ended") return `${title}: ended by ${ended?.by ?? "nobody"} at ${ended?.at ?? "no time"}`;
  const half = state === "starting" ? ", perhaps not everywhere" : state === "ending" ? ", half ended" : "";
  return `${title}: put on by ${by} at ${at}${half}`;
}
