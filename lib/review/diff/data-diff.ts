import type { DataPlan, TouchedField } from "../../data/preview/data-plan";
import type { KeptRelease } from "../history/kept-release";
import { count, counted, day } from "../text/words";

/** What a release does, or did, to the data; the same whether it was tried before or is on record after. */
export interface DataDiff {
  /** What the numbers were counted over, in words. */
  readonly over: string;
  readonly documents: number;
  /** Touched collections only, the most touched first. */
  readonly collections: readonly CollectionDiff[];
  /** Collections that were looked at. */
  readonly of: number;
  readonly invalid: DataPlan["validity"] | undefined;
  readonly examples: readonly DataExample[];
  /** What the plan has against the release. */
  readonly problems: readonly string[];
}

export interface CollectionDiff {
  readonly collection: string;
  readonly documents: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly fields: readonly TouchedField[];
}

export interface DataExample {
  readonly title: string;
  readonly lines: readonly string[];
}

/** @param plan what `slipway data plan --json` says, made on the data as it is. */
export function dataDiffOfPlan(plan: DataPlan): DataDiff {
  const { tried } = plan;
  return {
    over: extent(plan),
    documents: tried.documents,
    of: plan.collections.length,
    collections: touched(
      plan.collections.map((one) => ({
        collection: one.collection,
        documents: one.tried,
        added: one.added,
        changed: one.changed,
        removed: one.removed,
        fields: one.fields,
      })),
    ),
    invalid: tried.of === 0 || tried.over === "nothing" ? undefined : plan.validity,
    examples: plan.examples.map(({ collection, id, fields, more }) => ({
      title: `${collection} ${id}`,
      lines: [
        ...fields.map(({ pointer, how, before, after }) => {
          const values = [before, after].filter((value) => value !== undefined);
          return `${sign[how]} ${pointer || "/"}: ${values.join(" → ")}`;
        }),
        ...(more > 0 ? [`… and ${counted(more, "more field")}`] : []),
      ],
    })),
    problems: plan.problems.map(
      ({ where, found, allowed }) => `${where}: found ${found}; allowed: ${allowed}`,
    ),
  };
}

/** @param kept a release that is over; its documents were all valid, otherwise it would not have ended as released. */
export function dataDiffOfRecord({ record }: KeptRelease, how: string): DataDiff {
  const { collections } = record;
  return {
    over: `${how} ${record.environment}, ${day(record.closedAt ?? record.openedAt)}`,
    documents: collections.reduce((sum, { documentsAfter }) => sum + documentsAfter, 0),
    of: collections.length,
    collections: touched(
      collections.map(({ collection, documentsBefore, documentsAfter, added, changed, removed }) => ({
        collection,
        documents: Math.max(documentsBefore, documentsAfter),
        added,
        changed,
        removed,
        fields: [],
      })),
    ),
    invalid: undefined,
    examples: [],
    problems: [],
  };
}

export const sign = { added: "+", removed: "−", changed: "~" } as const;

function touched(collections: readonly CollectionDiff[]): readonly CollectionDiff[] {
  const size = ({ added, changed, removed }: CollectionDiff): number => added + changed + removed;
  return collections
    .filter((one) => size(one) > 0)
    .sort((a, b) => size(b) - size(a) || (a.collection < b.collection ? -1 : 1));
}

function extent({ tried }: DataPlan): string {
  switch (tried.over) {
    case "everything":
      return `tried on all ${counted(tried.of, "document")}`;
    case "dump":
      return `tried on the dump of ${tried.record}, ${day(tried.at)}`;
    case "nothing":
      return `not tried: ${tried.why}`;
    case "sample":
      return `tried on a sample: ${count(tried.documents)} of ${counted(tried.of, "document")}`;
  }
}
