import type { StackConfig } from "../../config/stack-config";
import type { Problem } from "../../problem";
import type { GitCommit } from "../../evidence/git-tree";
import type { KeptRelease, UnreadableRecord } from "./kept-release";

/** What a stack file asks for at the commit that is looked at. */
export interface Wanted {
  readonly config: StackConfig;
  /** Hash of the release that it asks for; undefined where the stack builds its own images, so that only a release knows it. */
  readonly hash: string | undefined;
  /** The commit that changed the stack file last. */
  readonly changed: GitCommit | undefined;
}

/** One environment: what it was asked to run, and every release that was tried on it, newest first. */
export interface EnvironmentHistory {
  readonly name: string;
  /** Example: `Pulumi.prod.yaml`. */
  readonly file: string;
  readonly system: string;
  /** What stands in its stack file; undefined where the file is gone and only its records are left. */
  readonly wanted: Wanted | undefined;
  /** What is wrong with its stack file. */
  readonly problems: readonly Problem[];
  readonly releases: readonly KeptRelease[];
}

/** What one commit of the repository knows of all environments. */
export interface History {
  readonly commit: GitCommit;
  /** In the order of promotion, then by name. */
  readonly environments: readonly EnvironmentHistory[];
  readonly unreadable: readonly UnreadableRecord[];
}

/** What an environment runs, by its records: the newest that ended as released. */
export function running({ releases }: Pick<EnvironmentHistory, "releases">): KeptRelease | undefined {
  return releases.find(isReleased);
}

/** Since when it runs that, without another in between. */
export function runningSince({ releases }: Pick<EnvironmentHistory, "releases">): string | undefined {
  const released = releases.filter(isReleased);
  const now = released[0];
  if (now === undefined) return undefined;
  const other = released.findIndex(({ record }) => record.hash !== now.record.hash);
  const first = (other === -1 ? released : released.slice(0, other)).at(-1) ?? now;
  return ended(first);
}

/** Whether a release ended as one: what failed or was taken back is history too, and runs nowhere. */
export function isReleased({ record }: KeptRelease): boolean {
  return record.outcome === "released";
}

/** When a release was over. */
export function ended({ record }: KeptRelease): string {
  return record.closedAt ?? record.openedAt;
}

/** Whether an environment runs what its stack file asks for, by the release's hash, or where there is none by its version. */
export function isApplied(environment: EnvironmentHistory): boolean {
  const now = running(environment)?.record;
  const { wanted } = environment;
  if (wanted === undefined) return true;
  if (now === undefined) return false;
  return wanted.hash === undefined ? now.release === wanted.config.release : now.hash === wanted.hash;
}

/** Whether a release puts back the images that the one before it had replaced. */
export function isWayBack({ record: next }: KeptRelease, { record: before }: KeptRelease): boolean {
  const replaced = before.images.filter(({ from, to }) => from !== undefined && from !== to);
  return (
    replaced.length > 0 &&
    replaced.every(({ name, from }) => next.images.some((image) => image.name === name && image.to === from))
  );
}

/** The releases of an environment that were ways back. */
export function waysBack({ releases }: Pick<EnvironmentHistory, "releases">): ReadonlySet<KeptRelease> {
  const released = releases.filter(isReleased);
  return new Set(released.filter((one, index) => isWayBack(one, released[index + 1] ?? one)));
}

/** Newest first; two of one moment by their ids, so that the order is always the same. */
export function newestFirst(a: KeptRelease, b: KeptRelease): number {
  const later = Date.parse(ended(b)) - Date.parse(ended(a));
  return later !== 0 ? later : a.record.id < b.record.id ? 1 : -1;
}

/** The systems of a repository, each with its environments in the order in which a release goes through them. */
export function bySystem(
  environments: readonly EnvironmentHistory[],
): readonly { readonly system: string; readonly environments: readonly EnvironmentHistory[] }[] {
  const systems = [...new Set(environments.map(({ system }) => system))].sort();
  return systems.map((system) => ({
    system,
    environments: environments.filter((one) => one.system === system).sort(inOrder),
  }));
}

const grades = { development: 0, staging: 1, production: 2 } as const;

function inOrder(a: EnvironmentHistory, b: EnvironmentHistory): number {
  return rank(a) - rank(b) || (a.name < b.name ? -1 : 1);
}

/** By the chain of promotion where one is named, else by grade. An environment that is gone comes last. */
function rank({ wanted, name }: EnvironmentHistory): number {
  if (wanted === undefined) return 1000;
  const place = wanted.config.promotion.chain.indexOf(name);
  return grades[wanted.config.grade] * 100 + Math.max(place, 0);
}

/** The environment that a release runs on before this one. */
export function environmentBefore(
  environment: EnvironmentHistory,
  all: readonly EnvironmentHistory[],
): EnvironmentHistory | undefined {
  const chain = environment.wanted?.config.promotion.chain ?? [];
  const name = chain[chain.indexOf(environment.name) - 1];
  return all.find((one) => one.name === name && one.system === environment.system);
}
