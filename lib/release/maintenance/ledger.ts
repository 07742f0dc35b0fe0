/** The maintenance that we put on, as the database keeps it: found again by whoever comes after a killed runner. */
export interface OwnMaintenance {
  readonly title: string;
  readonly message: string;
  /** Titles of earlier releases' maintenance that was kept on; ended with this one at the latest. */
  readonly former: readonly string[];
  /** Titles that were ended, newest first: services that keep them in released data show them again after a way back. */
  readonly past?: readonly string[];
  readonly release: string;
  /** Content hash of the release that it was put on for. */
  readonly hash: string;
  /** The run that put it on; whoever ends it for that run looks whether another has come since. */
  readonly run: string;
  readonly services: readonly string[];
  /** `starting` and `ending` are what a dead process leaves: on in some of the services, perhaps. */
  readonly state: "starting" | "on" | "ending" | "ended";
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
  /** Who ended it, and when (rule A17). */
  readonly ended?: { readonly by: string; readonly at: string };
}

/** Where the maintenance of an environment is on record. */
export interface MaintenanceLedger {
  /** The last one, whatever became of it. */
  read(): Promise<OwnMaintenance | undefined>;
  write(own: OwnMaintenance): Promise<void>;
}

/** Titles that are ours and are to be on. */
export function titlesOf(own: OwnMaintenance | undefined): readonly string[] {
  return own === undefined || own.state === "ended" ? [] : [own.title, ...own.former];
}

/** Titles that are ours, wherever they show: those that are to be on, and those that a way back brings again. */
export function everyTitleOf(own: OwnMaintenance | undefined): readonly string[] {
  return [...titlesOf(own), ...(own?.past ?? [])];
}

/** How many ended ones are remembered: more than any way back goes. */
const remembered = 20;

/** The same, ended. */
export function endedBy(own: OwnMaintenance, by: string, at: string): OwnMaintenance {
  const past = [...new Set(everyTitleOf(own))].slice(0, remembered);
  return { ...own, state: "ended", former: [], past, ended: { by, at } };
}
