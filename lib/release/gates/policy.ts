import type { Severity } from "../../evidence/sarif";
import type { Identity } from "../approvals/statement";
import type { SchemeName } from "../versions/schemes";
import type { Grade } from "../versions/environment-fit";
import type { Freeze } from "../windows/freeze";
import type { NoticePolicy, Site } from "../windows/timeline";
import type { WindowConfig } from "../windows/window";
import type { Lane } from "./lane";

/** The id of the rule that a gate judges; `W` are this program's own: window, freeze, clock, soak. */
export type RuleId = `${"N" | "F" | "A" | "H" | "X" | "W"}${number}`;

/** A gate's refusal, accepted by a person for this release. It turns into a warning that the record keeps. */
export interface Override {
  readonly gate: RuleId;
  /** Only for this source, image or environment; without it for all that the gate judges. */
  readonly of?: string | undefined;
  readonly reason: string;
  readonly by: string;
  /** ISO 8601; from then on it refuses again. */
  readonly until?: string | undefined;
}

/** A git repository whose tag is released (rule F1: one of three). */
export interface SourcePolicy {
  readonly name: string;
  /** The tag, as the repository has it. */
  readonly tag: string;
  readonly scheme: SchemeName;
  /** The branch that production releases come from. */
  readonly branch: string;
  /** Images of `slipway:images` that are built from it. */
  readonly images: readonly string[];
  /** Its changelog, cut per release (rules A6, A8), or its notes file (N3). */
  readonly changelog?: string | undefined;
}

export interface People {
  readonly identities: readonly Identity[];
  /** Owns the deployment and speaks for it (rule A1). */
  readonly crewChief?: string | undefined;
  /** Carries it out (rule A1). */
  readonly driver?: string | undefined;
  readonly wranglers: readonly string[];
  readonly team: readonly string[];
  /** How many reviewers are needed, the author and the last pusher not counted (rule H3). */
  readonly reviewers: number;
  /** Whether a wrangler must say yes, or is asked where it is needed (rule H5). */
  readonly wranglerSignOff: "required" | "optional";
}

/** Numbers and choices that rules leave to the system's people. */
export interface Limits {
  /** Minutes that a release needs, with its verification (rule F19). */
  readonly budgetMinutes: number;
  /** Oldest backup of the data, in minutes (rule F24: an hour). */
  readonly backupMinutes: number;
  /** Days that a release candidate should have been out (rule A6: a week). */
  readonly candidateDays: number;
  /** Oldest copy of production on which the release was tried, in hours (rule F16). */
  readonly copyHours: number;
  /** Documents that a restored backup must hold at least, by collection (rule H21). */
  readonly restoredAtLeast: Readonly<Record<string, number>>;
  /** Vulnerabilities by grade that stop a release; without a number they are only recorded (rule F25). */
  readonly vulnerabilities: Readonly<Partial<Record<Severity, number>>>;
  /** What it means that no pin changed (rule F8). */
  readonly unchangedPins: "warn" | "refuse";
  /** Whether ITERATION may be 0 (rule F2). */
  readonly iterationZero: boolean;
  /** Seconds by which this machine's clock may differ from the second one. */
  readonly clockSeconds: number;
}

/** Further facts that a system's rules speak of. */
export interface Places {
  /** Namespaces that this environment may use; empty: any (rule F14). */
  readonly namespaces: readonly string[];
  /** Kubeconfig context that belongs to this environment (rule H10). */
  readonly context?: string | undefined;
  /** Branch of the deployment repository (rule H12) and reference of the secrets (rule A10) that belong to it. */
  readonly deploymentBranch?: string | undefined;
  readonly secretsReference?: string | undefined;
  /** Lane of the project's board that release tickets lie in (rule F17). */
  readonly ticketLane?: string | undefined;
  /** Lanes that the issues named in a ticket may lie in (rule F17); empty: any. */
  readonly issueLanes: readonly string[];
}

/** The rules of one environment, from its stack file. */
export interface Policy {
  readonly system: string;
  readonly environment: string;
  readonly grade: Grade;
  /** The gates that this environment has. */
  readonly gates: readonly RuleId[];
  readonly overrides: readonly Override[];
  readonly lane: Lane;
  readonly site?: Site | undefined;
  /** IANA zone that the system's people live in: a day and a month are theirs (rule F2). */
  readonly zone: string;
  readonly sources: readonly SourcePolicy[];
  readonly people: People;
  readonly window?: WindowConfig | undefined;
  readonly notice: NoticePolicy;
  readonly freezes: readonly Freeze[];
  readonly promotion: PromotionPolicy;
  readonly limits: Limits;
  readonly places: Places;
}

export interface PromotionPolicy {
  /** The environments in their order. Example: dev, staging, prod. */
  readonly chain: readonly string[];
  /** Hours that a release must have run in the environment before, verified and without a pause. */
  readonly soakHours: number;
  /** Whether a release is first released (retag, record) and then deployed (rule H7). */
  readonly twoSteps: boolean;
}

/** The environment before this one in the chain; undefined for the first, and for one that is not in it. */
export function before(policy: Pick<Policy, "environment" | "promotion">): string | undefined {
  const place = policy.promotion.chain.indexOf(policy.environment);
  return place > 0 ? policy.promotion.chain[place - 1] : undefined;
}
