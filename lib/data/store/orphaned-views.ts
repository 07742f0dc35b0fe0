import type { Document } from "mongodb";
import type { ProcessReport } from "../migrations";
import { Refusal } from "../../problem";
import type { CollectionInfo } from "./catalog";

/** Where a view's pipeline names another collection that it reads. */
const reads: ReadonlySet<string> = new Set(["from", "coll", "$unionWith"]);

/** The collections that a migration removes or renames. */
export function takenAway({
  deleted,
  renamed,
  changed,
}: Pick<ProcessReport, "deleted" | "renamed" | "changed">): ReadonlySet<string> {
  const gone = new Set([...deleted.map(({ collection }) => collection), ...renamed.map(({ from }) => from)]);
  for (const made of changed) gone.delete(made);
  return gone;
}

/**
 * A view stays what it is through a release, and would read nothing when its collection is gone: no error, only empty answers.
 * @throws Refusal that lists the views on collections that go.
 */
export function refuseOrphanedViews(all: readonly CollectionInfo[], gone: ReadonlySet<string>): void {
  const problems = all
    .filter(({ type }) => type === "view")
    .flatMap(({ name, options }) =>
      [...new Set(sourcesOf(options))]
        .filter((source) => gone.has(source))
        .map((source) => ({
          where: name,
          found: `a view that reads ${source}, which the release takes away`,
          allowed: "views on collections that stay: this one would give empty answers, and no error",
          mend: "drop the view, or point it at a collection of both versions, before the release",
        })),
    );
  if (problems.length > 0) throw new Refusal("views", problems);
}

/** Collections that a view reads, its pipelines' own included. */
function sourcesOf({ viewOn, pipeline }: Document): readonly string[] {
  return [...(typeof viewOn === "string" ? [viewOn] : []), ...namedIn(pipeline)];
}

function namedIn(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    reads.has(key) && typeof inner === "string" ? [inner] : namedIn(inner),
  );
}
