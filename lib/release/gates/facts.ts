import type { Finding } from "../../evidence/finding";
import type { ChangeRequest, CiRun, ForgeRelease, Ticket } from "../../evidence/forge";
import type { ImageFacts } from "../../evidence/registry";
import type { TagFact } from "../../evidence/repository";
import type { SeverityCounts } from "../../evidence/sarif";
import type { Change, Statement } from "../approvals/statement";
import type { Done } from "../windows/timeline";
import type { Deployment, Pin } from "./deployment";
import type { DataFacts } from "./data-facts";

/** What is known of one repository whose tag is released. */
export interface SourceFacts {
  readonly name: string;
  readonly tag: Finding<TagFact>;
  /** All tags of the repository (rules N2, F2). */
  readonly tags: Finding<readonly string[]>;
  /** The branch, when the tag's commit is on it (rules F4, F13). */
  readonly branch: Finding<string>;
  /** CI of exactly that commit, or of the nearest ancestor that N1 allows, in words. */
  readonly ci: Finding<string>;
  /** A local smoke test of that commit (rule N1); undefined where none is recorded. */
  readonly smoke: Finding<SmokeRecord | undefined>;
  /** Text of the changelog or notes file at that commit. */
  readonly changelog: Finding<string>;
  /** The stack's own workflow file says which backend and frontend it is built from (rule F7). */
  readonly workflow: Finding<Readonly<Record<string, string>>>;
}

/** What `slipway smoke` recorded (rule N1). */
export interface SmokeRecord {
  readonly commit: string;
  readonly command: string;
  readonly outcome: "success" | "failure";
  readonly cleanTree: boolean;
  readonly at: string;
  readonly by: string;
}

/** What is known of one pinned image. */
export interface PinFacts {
  readonly pin: Pin;
  /** What the registry has for exactly that tag. */
  readonly digest: Finding<string>;
  /** That the image is there whole, with every layer that a node pulls (rule N8). */
  readonly whole: Finding<string>;
  /** Labels and environment baked into it (rules F10, N7). */
  readonly image: Finding<ImageFacts>;
  /** What the scanner counted, by severity (rule F25); undefined where it was not scanned. */
  readonly vulnerabilities: Finding<SeverityCounts | undefined>;
}

/** The release under judgement. */
export interface ReleaseFacts {
  readonly version: string;
  /** Content hash over all that would be released. */
  readonly hash: string;
  /** `create` makes a new tag; `deploy` brings an existing one to a further environment (rule N2). */
  readonly intent: "create" | "deploy";
  /** Whether this release makes its page on the forge itself (rule N3). */
  readonly makesPage: boolean;
  readonly operator: string;
  readonly schema?:
    { readonly package: string; readonly version: string; readonly hash?: string | undefined } | undefined;
  readonly cluster: { readonly namespace: string; readonly context?: string | undefined };
  readonly services: readonly ServiceFacts[];
  /** Branch of the deployment repository, its commit, and the reference that the secrets come from (rules H12, A10). */
  readonly deployment: Finding<{
    readonly branch: string;
    readonly commit: string;
    readonly secrets?: string | undefined;
  }>;
  /** What differs in plain variables from the last release; names only (rule A10). */
  readonly variables: Finding<readonly string[]>;
  /** The secrets that the release needs (rule H25). */
  readonly secrets: readonly SecretFact[];
  readonly triggers: { readonly deploy: boolean; readonly developer: boolean };
}

/** A secret that the stack file names; never its value. */
export interface SecretFact {
  /** Example: `data.store.uri`. */
  readonly key: string;
  /** Where it comes from, in words. */
  readonly from: string;
  readonly state: "there" | "not set" | "empty" | "the word null";
}

/** A workload, as the stack file has it. */
export interface ServiceFacts {
  readonly name: string;
  readonly image: string;
  readonly replicas: number | undefined;
  readonly strategy: "rolling" | "stop-first";
  /** Whether something keeps what its containers write (rule A14). */
  readonly volume: boolean;
}

/** Everything that the gates are judged on, gathered before; nothing here is looked up by a gate. */
export interface Facts {
  /** This machine's clock, ISO 8601, and another one to compare it with. */
  readonly now: string;
  readonly secondClock: Finding<string>;
  readonly release: ReleaseFacts;
  readonly sources: readonly SourceFacts[];
  readonly pins: readonly PinFacts[];
  /** Records of all environments. */
  readonly deployments: Finding<readonly Deployment[]>;
  readonly request: Finding<ChangeRequest>;
  readonly change: Finding<Change>;
  readonly statements: Finding<readonly Statement[]>;
  readonly forgeRelease: Finding<ForgeRelease>;
  readonly ticket: Finding<Ticket | undefined>;
  /** The issues that the ticket names, by number; undefined where there is no such issue. */
  readonly issues: Finding<Readonly<Record<number, Ticket | undefined>>>;
  /** What was done of the checklist. */
  readonly done: Finding<readonly Done[]>;
  /** CI jobs of an environment that the promotion looks at (rules H4, H5). */
  readonly jobs: Finding<readonly CiRun[]>;
  /** Whether the working tree has only what its commit has (rule A15), and what came since the last release. */
  readonly tree: Finding<string>;
  /** Whether the release was made in the first of two steps (rule H7). */
  readonly released: Finding<
    Readonly<Record<string, { readonly tag: string; readonly digest: string }>> | undefined
  >;
  /** Whether the package is published to its index (rule N4); undefined where no such step is required. */
  readonly published?: Finding<string> | undefined;
  readonly data: DataFacts;
}
