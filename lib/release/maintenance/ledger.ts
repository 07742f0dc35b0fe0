/** The maintenance that we put on, as the database keeps it: found again by whoever comes after a killed runner. */
export interface OwnMaintenance {
  readonly title: string;
  readonly message: string;
  /** Titles of earlier releases' maintenance that was kept on; ended with this one at the latest. */
  readonly former: readonly string[];
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

/** Titles that are ours and may be on. */
export function titlesOf(own: OwnMaintenance | undefined): readonly string[] {
  return own === undefined || own.state === "ended" ? [] : [own.title, ...own.former];
}
