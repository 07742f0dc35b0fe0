import type { StackConfig } from "../lib/config/stack-config";
import type { VerificationConfig } from "../lib/config/verification";
import { compareVersions } from "../lib/data/migrations/versions";
import type { DataStatus, EngineEvent, RollOutOrder } from "../lib/data/protocol";
import type { ExpectedService } from "../lib/evidence/running-system";
import type { JudgedRelease } from "./admission";
import { askEngine } from "./engine-process";
import { askStatus } from "./engine-status";
import type { MaintenanceEndProps, MaintenanceProps } from "./maintenance-kinds";
import { watchPulumi } from "./pulumi-alive";
import { Progress } from "../lib/review/terminal/progress";
import { type KnownRelease, releaseSpec } from "./release-spec";
import type { Kind, Props } from "./resource-kind";
import { sentence } from "./sentence";
import type { TicketProps } from "./ticket-kind";

interface DataMigrationProps extends Props {
  /** Hash of the release that stands in the database, as the program found it a moment ago; `none` where none stands whole. */
  readonly standing: string;
}

interface VerificationProps extends Props {
  readonly expected: readonly ExpectedService[];
  readonly verification: VerificationConfig;
  readonly gates: readonly string[];
}

/** What the program must know of the database before there is a graph. */
export interface DataAnswer {
  /** What changes first: on a way back, and where the stack file says so, the code (rules N16, N18). */
  readonly order: RollOutOrder;
  /** Hash of the release that stands; `none` where none stands whole. */
  readonly standing: string;
  /** What tells the next attempt at a release from others, and what told that of the release which stands. */
  readonly attempts: { readonly next: string; readonly standing: string };
}

interface Result {
  readonly id: string;
  readonly outs: object;
}

/** Runs the release up to "in place", or up to "ready" where the code goes first. Its engine lives on until it is confirmed, or this process ends. */
const dataMigration: Kind<DataMigrationProps> = {
  async apply(props) {
    watchPulumi(process.argv[2], () => process.exit(1));
    const request = { do: "release", spec: releaseSpec(props) } as const;
    const { record } = await askEngine(request, ["ready", "in-place"], saying());
    return { ...props, recordId: record.id, schemaVersion: record.schema.to };
  },
  changed: (olds, news) => Promise.resolve(olds.hash !== news.hash || news.standing !== news.hash),
  async read(props) {
    const { hash, schema } = await status(props);
    return { ...props, hash: hash ?? "none", schemaVersion: schema ?? "none" };
  },
};

/** Has the data switched once the code runs; where the data went first, that is done already. */
const dataSwitch: Kind<Props> = {
  async apply(props) {
    if (props.release.order === "code-first")
      await askEngine({ do: "switch", spec: releaseSpec(props) }, "in-place", saying());
    return props;
  },
  changed: (olds, news) => Promise.resolve(olds.recordId !== news.recordId),
  read: (props) => Promise.resolve(props),
};

const verification: Kind<VerificationProps> = {
  async apply(props) {
    const { verified } = await import("./verified");
    return { ...props, ...(await verified(releaseSpec(props), props)) };
  },
  changed: (olds, news) => Promise.resolve(olds.recordId !== news.recordId),
  read: (props) => Promise.resolve(props),
};

const releaseRecord: Kind<Props> = {
  async apply(props) {
    const { record } = await askEngine({ do: "confirm", spec: releaseSpec(props) }, "closed", saying());
    if (record.outcome !== "released")
      throw new Error(`Release ${record.release}: ${record.outcome}. ${record.reason ?? ""}`);
    return { ...props, record };
  },
  changed: (olds, news) => Promise.resolve(olds.recordId !== news.recordId),
  read: (props) => Promise.resolve(props),
};

/** The gates of a stack, judged now. */
export async function judgeRelease(project: string, config: StackConfig): Promise<JudgedRelease> {
  return (await import("./admission")).judgeRelease(project, config);
}

/** Opt-ins are loaded when a stack has them. */
const maintenanceStart = later<MaintenanceProps>(
  async () => (await import("./maintenance-kinds")).maintenanceStart,
);
const maintenanceEnd = later<MaintenanceEndProps>(
  async () => (await import("./maintenance-kinds")).maintenanceEnd,
);

const releaseTicket = later<TicketProps>(async () => (await import("./ticket-kind")).releaseTicket);

function later<P extends Props>(kind: () => Promise<Kind<P>>): Kind<P> {
  return {
    apply: async (props) => (await kind()).apply(props),
    changed: async (olds, news) => (await kind()).changed(olds, news),
    read: async (props) => (await kind()).read(props),
  };
}

/** The four operations of a dynamic resource, all in terms of its kind. */
export function forwarding(
  kind:
    | "data-migration"
    | "data-switch"
    | "verification"
    | "release-record"
    | "maintenance-start"
    | "maintenance-end"
    | "release-ticket",
): object {
  switch (kind) {
    case "data-migration":
      return operations(dataMigration);
    case "data-switch":
      return operations(dataSwitch);
    case "verification":
      return operations(verification);
    case "release-record":
      return operations(releaseRecord);
    case "maintenance-start":
      return operations(maintenanceStart);
    case "maintenance-end":
      return operations(maintenanceEnd);
    case "release-ticket":
      return operations(releaseTicket);
  }
}

function operations<P extends Props>(kind: Kind<P>): object {
  return {
    diff: async (olds: P, news: P) => ({ changes: unknown(news.hash) || (await kind.changed(olds, news)) }),
    create: async (props: P): Promise<Result> => ({
      id: props.release.system,
      outs: await kind.apply(props),
    }),
    update: async (_id: string, _olds: P, news: P) => ({ outs: await kind.apply(news) }),
    read: async (id: string, props: P) => ({ id, props: await kind.read(props) }),
  };
}

/** Pulumi's own sign for a value that is known only later. */
function unknown(value: string): boolean {
  return value === "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
}

/** What a release would do to the data, for `pulumi preview`; no line where it would do nothing. */
export async function planInWords(props: KnownRelease): Promise<readonly string[]> {
  const { plan } = await askEngine({ do: "plan", spec: releaseSpec(props) }, "plan");
  const { describePlan } = await import("../lib/review/data-plan");
  return describePlan(plan);
}

/** What the database says before there is a graph; it is asked once, and reads nothing else. */
export async function askData(
  config: StackConfig,
  secrets: Readonly<Record<string, string>>,
): Promise<DataAnswer> {
  // Loaded here: a process that only serves resources has no use for the config's schema.
  const { noParts, releaseInputs } = await import("../lib/config/release-inputs");
  const release = releaseSpec({ release: releaseInputs(config, [], noParts), secrets });
  const found = await askStatus(release);
  const back = found.schema !== undefined && compareVersions(release.schema.version, found.schema) < 0;
  const order = back || release.order === "code-first" ? "code-first" : "data-first";
  const next = found.open?.id ?? found.last?.id ?? "none";
  return { order, standing: standing(found), attempts: { next, standing: found.last?.guardian ?? next } };
}

/** What a release would tell its users, for `pulumi preview`. */
export async function maintenanceInWords(props: MaintenanceProps): Promise<readonly string[]> {
  return (await import("./maintenance-kinds")).maintenanceInWords(props);
}

function status(props: Props): Promise<DataStatus> {
  return askStatus(releaseSpec(props));
}

/** The hash of the release that stands, where nothing of another is under way. */
function standing({ hash, open, writes }: DataStatus): string {
  return hash !== undefined && open === undefined && writes === "open" ? hash : "none";
}

/** Whatever a dynamic provider prints, Pulumi shows; so each line is a sentence of the release, or how far a long step of it is. */
function saying(): (event: EngineEvent) => void {
  const progress = new Progress();
  return (event) => {
    const text = event.event === "progress" ? progress.line(event, performance.now()) : sentence(event);
    if (text !== undefined) console.log(text);
  };
}
