import type { Finding } from "../../evidence/finding";
import type { Json } from "../../content-hash";
import { Refusal, type Problem } from "../../problem";
import { current, type Deployment, type Pin } from "../gates/deployment";
import type { LaneKind } from "../gates/lane";
import { type Agreed, disagreements } from "./agreement";
import { compareWith, occupiedSince, soak } from "./compare";

/** What one stack file says, as far as promotion goes. */
export interface StackPins extends Agreed {
  readonly environment: string;
  readonly release: string;
  readonly pins: readonly Pin[];
  readonly schema?:
    { readonly package: string; readonly version: string; readonly hash?: string | undefined } | undefined;
}

/** The stack file that is written. */
export interface PromotionTarget extends StackPins {
  readonly soakHours: number;
  readonly lane: LaneKind;
  /** Overrides that were for the release before. */
  readonly overrides: number;
}

export interface PromotionFacts {
  readonly now: string;
  readonly deployments: readonly Deployment[];
  /** Digests that run in the source environment now, by image name; where nobody could look, the record stands alone. */
  readonly running: Finding<Readonly<Record<string, string>>>;
}

/** One value that changes in the target's stack file. */
export interface Edit {
  readonly path: readonly [string, ...string[]];
  readonly to: Json;
}

export interface Promotion {
  readonly edits: readonly Edit[];
  /** The verified release that is promoted. */
  readonly verified: Deployment;
  readonly warnings: readonly string[];
}

/**
 * What promoting one environment's release to the next would write (rules H3 to H8, F15): image, digest, commit and schema
 * version of what was verified there, and of nothing else.
 * @throws Refusal with all that forbids it: a skipped environment, a release that was not verified, other digests than those that
 *   were, a soak time that is not over.
 */
export function planPromotion(from: StackPins, to: PromotionTarget, facts: PromotionFacts): Promotion {
  const verified = current(facts.deployments, from.environment);
  const problems = [
    ...disagreements(from, to),
    ...order(from, to),
    ...(verified === undefined ? [notReleased(from)] : asVerified(from, verified, facts)),
    ...(verified === undefined || to.lane !== "normal" ? [] : soaked(to, verified, facts)),
    ...forgotten(from, to),
  ];
  if (problems.length > 0 || verified === undefined)
    throw new Refusal(`promotion ${from.environment} → ${to.environment}`, problems);
  const unseen =
    facts.running.finding === "unjudged"
      ? [
          `what runs in ${from.environment} could not be looked at (${facts.running.problem.found}); ${verified.where} decides`,
        ]
      : [];
  return { edits: edits(from, to), verified, warnings: unseen };
}

function order(from: StackPins, to: PromotionTarget): readonly Problem[] {
  const { chain, environment, file } = to;
  const mend = `edit slipway:promotion.chain in ${file}, or promote along it`;
  if (chain.length === 0)
    return [
      {
        where: `${file} slipway:promotion.chain`,
        found: "no chain",
        allowed: "the environments in their order",
        mend,
      },
    ];
  const place = chain.indexOf(environment);
  const previous = place > 0 ? chain[place - 1] : undefined;
  if (previous === from.environment) return [];
  const found = `${from.environment} → ${environment}`;
  const allowed =
    previous === undefined
      ? `${chain.join(" → ")}: nothing is promoted to ${environment}`
      : `${previous} → ${environment} (${chain.join(" → ")})`;
  return [
    {
      where: `${file} slipway:promotion.chain`,
      found,
      allowed,
      mend: `slipway promote ${previous ?? chain[0] ?? ""} ${previous === undefined ? (chain[1] ?? "") : environment}`,
    },
  ];
}

function notReleased(from: StackPins): Problem {
  const { environment } = from;
  return {
    where: `releases/${environment}`,
    found: `no release of ${environment} on record`,
    allowed: "a release that runs there, verified",
    mend: `pulumi up --stack ${environment}`,
  };
}

/** The stack file, the record and what runs must all be one: otherwise nobody verified what would be promoted. */
function asVerified(from: StackPins, verified: Deployment, { running }: PromotionFacts): readonly Problem[] {
  const up = `pulumi up --stack ${from.environment}, then promote`;
  const written = compareWith(verified, from.pins).map(({ found, allowed }) => ({
    where: `${from.file} slipway:images`,
    found,
    allowed,
    mend: up,
  }));
  const schema = from.schema?.version;
  return [
    ...(verified.verified
      ? []
      : [
          {
            where: verified.where,
            found: `${verified.release} was not verified`,
            allowed: "a release that was",
            mend: up,
          },
        ]),
    ...written,
    ...(schema === undefined || verified.schema === undefined || schema === verified.schema
      ? []
      : [
          {
            where: `${from.file} slipway:data.schema.version`,
            found: schema,
            allowed: `${verified.schema}, as verified in ${from.environment}`,
            mend: up,
          },
        ]),
    ...(running.finding === "contradicted" ? [running.problem] : []),
    ...(running.finding === "found" ? drifted(from, verified, running.value, up) : []),
  ];
}

function drifted(
  from: StackPins,
  verified: Deployment,
  running: Readonly<Record<string, string>>,
  mend: string,
): readonly Problem[] {
  return verified.pins.flatMap(({ name, digest }) => {
    const now = running[name];
    if (now === undefined || now === digest) return [];
    return [
      {
        where: `${from.environment}, ${name}`,
        found: `runs ${now.slice(0, 19)}`,
        allowed: `${digest?.slice(0, 19) ?? "a digest"}, as verified`,
        mend,
      },
    ];
  });
}

function soaked(
  to: PromotionTarget,
  verified: Deployment,
  { deployments, now }: PromotionFacts,
): readonly Problem[] {
  const { ran, hoursLeft } = soak(occupiedSince(deployments, verified), to.soakHours, now);
  if (hoursLeft <= 0) return [];
  const found = `${verified.release} has run in ${verified.environment} for ${ran.toFixed(1)} h`;
  return [
    {
      where: verified.where,
      found,
      allowed: `${to.soakHours} h (slipway:promotion.soakHours)`,
      mend: `wait ${hoursLeft.toFixed(1)} h more, or set slipway:lane to hot-fix with a reason`,
    },
  ];
}

/** An image that only the target has would go on unverified. */
function forgotten(from: StackPins, to: PromotionTarget): readonly Problem[] {
  return to.pins
    .filter(({ name }) => !from.pins.some((pin) => pin.name === name))
    .map(({ name }) => ({
      where: `${to.file} slipway:images.${name}`,
      found: `${name}, which ${from.environment} has not`,
      allowed: `the images of ${from.environment}`,
      mend: `remove it from ${to.file}, or add it to ${from.file}`,
    }));
}

/** Only what differs is written; overrides and the lane were for the release before. */
function edits(from: StackPins, to: PromotionTarget): readonly Edit[] {
  const set = (
    path: readonly [string, ...string[]],
    old: Json | undefined,
    value: Json | undefined,
  ): readonly Edit[] => (value === undefined || old === value ? [] : [{ path, to: value }]);
  return [
    ...set(["release"], to.release, from.release),
    ...from.pins.flatMap((pin) => {
      const old = to.pins.find(({ name }) => name === pin.name);
      return (["repository", "tag", "digest", "commit"] as const).flatMap((key) =>
        set(["images", pin.name, key], old?.[key], pin[key]),
      );
    }),
    ...set(["data", "schema", "package"], to.schema?.package, from.schema?.package),
    ...set(["data", "schema", "version"], to.schema?.version, from.schema?.version),
    ...set(["data", "schema", "hash"], to.schema?.hash, from.schema?.hash),
    ...(to.overrides === 0 ? [] : [{ path: ["gates", "override"] as const, to: [] }]),
  ];
}
