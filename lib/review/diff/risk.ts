import type { StackConfig } from "../../config/stack-config";
import { compareVersions } from "../../data/migrations/versions";
import type { KeptRelease } from "../history/kept-release";
import { counted, day, span } from "../text/words";
import type { ImageChange, SchemaChange } from "./stack-changes";

/** What a reviewer must know before saying yes, in words. */
export interface Risk {
  /** What changes at all: decides how much there is to be afraid of. */
  readonly kind: "settings" | "images" | "data" | "way back" | "first";
  /** Until when, and how, it can be undone. */
  readonly wayBack: string;
  /** For how long ordinary writers are refused. */
  readonly closed: string;
}

/** @param rehearsal the newest release of the same step of the data on another environment, if there is one. */
export function riskOf(
  config: Pick<StackConfig, "data" | "environment" | "lane">,
  images: readonly ImageChange[],
  schema: SchemaChange,
  rehearsal: KeptRelease | undefined,
): Risk {
  const kind = kindOf(images, schema);
  return { kind, wayBack: wayBack(kind, config, schema), closed: closed(kind, rehearsal) };
}

function kindOf(images: readonly ImageChange[], { from, to }: SchemaChange): Risk["kind"] {
  if (from === undefined) return "first";
  const order = compareVersions(to, from);
  if (order !== 0) return order > 0 ? "data" : "way back";
  return images.every(({ same }) => same) ? "settings" : "images";
}

function wayBack(
  kind: Risk["kind"],
  { data, environment }: Pick<StackConfig, "data" | "environment">,
  { from }: SchemaChange,
): string {
  const file = `Pulumi.${environment}.yaml`;
  switch (kind) {
    case "first":
      return "the first release here: there is nothing to go back to";
    case "settings":
      return `reversible at any time: restore ${file}`;
    case "images":
      return `reversible at any time: restore ${file}; the data is not touched`;
    case "way back": {
      const accepted = data.acceptLossSince;
      return accepted === undefined
        ? "puts back retained originals; refused when users have written since, so nothing is lost"
        : `puts back retained originals and LOSES what users wrote since ${accepted}: accepted by name in ${file}`;
    }
    case "data": {
      const kept = counted(data.keep.releases, "release");
      const until =
        data.reopen === "after-rollout"
          ? "reversible without loss until writes open, after the roll-out"
          : "reversible without loss until writes open, BEFORE the roll-out: a roll-out that fails later has new writes";
      return `${until}; then back to ${from ?? "the old schema"} as long as nobody has written, originals kept for ${kept}`;
    }
  }
}

function closed(kind: Risk["kind"], rehearsal: KeptRelease | undefined): string {
  if (kind === "images" || kind === "settings") return "writes stay open";
  const took = rehearsal?.record.closedFor;
  if (rehearsal === undefined || took === undefined)
    return "not rehearsed: no release of this step is on record";
  const { environment, release, closedAt, openedAt } = rehearsal.record;
  const documents = rehearsal.record.collections.reduce((sum, one) => sum + one.documentsAfter, 0);
  return `writes closed for ${span(took)} on ${environment} (${release}, ${day(closedAt ?? openedAt)}, ${counted(documents, "document")})`;
}

/** The newest release that took the data the same step, on any environment but this one. */
export function rehearsalOf(
  environment: string,
  { package: packageName, from, to }: SchemaChange,
  releases: readonly KeptRelease[],
): KeptRelease | undefined {
  return releases
    .filter(({ record, seal }) => record.outcome === "released" && seal !== "edited")
    .filter(
      ({ record: { schema } }) => schema.package === packageName && schema.from === from && schema.to === to,
    )
    .filter(({ record }) => record.environment !== environment && from !== to)
    .reduce<KeptRelease | undefined>(
      (newest, one) =>
        newest === undefined || Date.parse(one.record.openedAt) > Date.parse(newest.record.openedAt)
          ? one
          : newest,
      undefined,
    );
}
