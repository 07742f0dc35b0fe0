import type { GitCommit } from "../../evidence/git-tree";
import type { Problem } from "../../problem";
import type { Lane } from "../../release/gates/lane";
import type { KeptGate, KeptRelease } from "../history/kept-release";
import type { DataDiff } from "./data-diff";
import type { PulumiPlan } from "./pulumi-plan";
import type { Risk } from "./risk";
import type { ImageChange, SchemaChange, SettingChange } from "./stack-changes";
import type { BeforeComparison } from "./environment-before";

/** A part that is known, with its source; or that is not, with why and with the command that would tell it. */
export type Part<T> =
  | { readonly known: true; readonly value: T; readonly from: string }
  | { readonly known: false; readonly why: string; readonly get: string };

/** What a change of the repository means for every environment that it touches. */
export interface ReleaseDiff {
  readonly format: 1;
  readonly head: CommitPoint;
  /** What it is compared with: the commit at which head left base, or base itself where they have none in common. */
  readonly base: CommitPoint & { readonly is: "merge base" | "base" };
  /** Commits on base that head does not have. */
  readonly behind: number;
  readonly environments: readonly EnvironmentDiff[];
  /** Changed files that every environment's next `pulumi up` will see: the program, its migrations. */
  readonly program: readonly string[];
  /** Changed files that no release sees. */
  readonly otherFiles: number;
  readonly commits: readonly GitCommit[];
}

export type CommitPoint = Pick<GitCommit, "id" | "at" | "author" | "subject">;

export type EnvironmentDiff =
  | ChangedEnvironment
  | {
      readonly kind: "broken";
      readonly environment: string;
      readonly file: string;
      readonly problems: readonly Problem[];
    }
  | {
      readonly kind: "removed";
      readonly environment: string;
      readonly file: string;
      readonly running: string | undefined;
    };

/** A stack file that is there and right after the change. */
export interface ChangedEnvironment {
  readonly kind: "changed" | "added";
  readonly environment: string;
  readonly file: string;
  readonly system: string;
  readonly grade: "development" | "staging" | "production";
  readonly release: { readonly from: string | undefined; readonly to: string };
  readonly lane: Lane;
  /** Hash of the release that the stack file asks for: what approvals are given for. */
  readonly hash: string | undefined;
  readonly images: readonly ImageChange[];
  readonly schema: SchemaChange;
  readonly settings: readonly SettingChange[];
  readonly risk: Risk;
  readonly gates: Part<GatesPart>;
  readonly data: Part<DataDiff>;
  readonly plan: Part<PulumiPlan>;
  readonly sources: readonly SourceChange[];
  readonly before: Part<BeforeComparison>;
  /** The record of exactly this release, once there is one; its stages' forecast, where it was released elsewhere before. */
  readonly record: RecordPart | undefined;
}

export interface GatesPart {
  readonly at: string;
  readonly gates: readonly KeptGate[];
  /** Gates that only a network can judge. */
  readonly unjudged: readonly { readonly id: string; readonly title: string }[];
}

/** What changed in a repository that images are built from, between the version before and the one after. */
export interface SourceChange {
  readonly source: string;
  readonly from: string;
  readonly to: string;
  /** The forge's page that compares the two. */
  readonly link: string | undefined;
  readonly commits: Part<SourceCommits>;
}

export interface SourceCommits {
  /** On a way back these are the commits that go. */
  readonly way: "forward" | "back";
  readonly commits: readonly GitCommit[];
  /** Numbers of issues that they name, with the forge's page of each. */
  readonly tickets: readonly { readonly number: number; readonly link: string | undefined }[];
}

export interface RecordPart {
  readonly kept: KeptRelease;
  /** Attempts of the same release before it. */
  readonly attempts: number;
  readonly forecast: KeptRelease | undefined;
}

/** A comparison of two commits says nothing that stops anything but this: a stack file that nobody could apply. */
export function isBroken(diff: ReleaseDiff): boolean {
  return diff.environments.some(({ kind }) => kind === "broken");
}
