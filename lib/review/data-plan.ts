import type { DataPlan, ExampleChange, PlannedCollection } from "../data/preview/data-plan";

const shownInvalid = 20;
const shownFields = 12;

/**
 * A data plan as lines for people: versions, images, what becomes of each collection and field, a few examples, what is or would
 * be invalid, and everything that stands against the release (rule X4). No line where nothing would change.
 */
export function describePlan(plan: DataPlan): readonly string[] {
  const lines = [
    ...stillOpen(plan),
    ...versions(plan),
    ...changedImages(plan),
    ...(plan.order === "code-first" && versions(plan).length > 0
      ? ["the code rolls out first, and the data is switched after it"]
      : []),
    ...extent(plan),
    ...plan.collections.filter(isOfInterest).flatMap(describeCollection),
    ...plan.examples.flatMap(describeExample),
    ...validity(plan),
    ...plan.problems.map(
      (p) => `refused: ${p.where}: found ${p.found}; allowed: ${p.allowed}. Mend: ${p.mend}`,
    ),
  ];
  const [first, ...more] = lines;
  return first === undefined ? [] : [`data: ${first}`, ...more.map((line) => `data:   ${line}`)];
}

function stillOpen({ open }: DataPlan): readonly string[] {
  if (!open) return [];
  const { release, stage, ownerAlive } = open;
  return ownerAlive
    ? [`release ${release} is at work (${stage}); this one waits for its end`]
    : [`release ${release} was left at ${stage}; pulumi up ends it first, and nothing was touched now`];
}

function versions({ schema, migrations, comesBack, problems, images }: DataPlan): readonly string[] {
  const by = migrations.map(({ id }) => id).join(", ");
  if (comesBack) {
    const { collections, looked } = comesBack;
    return [
      `schema ${schema.from} → ${schema.to}, back: the originals of ${collections.join(", ")} return by renames`,
      ...(looked
        ? []
        : ["whether users wrote since is looked for by pulumi up: too much to read for a preview"]),
    ];
  }
  if (schema.from !== schema.to) return [`schema ${schema.from} → ${schema.to}${by && `, by ${by}`}`];
  const isQuiet = problems.length === 0 && images.every(({ from, to }) => from === to);
  return isQuiet ? [] : [`schema ${schema.to} stays`];
}

function changedImages({ images }: DataPlan): readonly string[] {
  const changed = images.filter(({ from, to }) => from !== to);
  return changed.map(
    ({ name, from, to }) => `image ${name}: ${from ? shortImage(from) : "none"} → ${shortImage(to)}`,
  );
}

/** Example: `v2.19.0 (c951d6f775a6)`. */
function shortImage(reference: string): string {
  const found = /:(?<tag>[^:@/]+)(?:@sha256:(?<digest>[0-9a-f]{12}))?/.exec(
    reference.replace(/^.*\//, ""),
  )?.groups;
  if (found?.["tag"] === undefined) return reference;
  return found["digest"] === undefined ? found["tag"] : `${found["tag"]} (${found["digest"]})`;
}

function extent({ tried, collections }: DataPlan): readonly string[] {
  if (tried.of === 0) return [];
  const changed = collections.reduce((sum, c) => sum + c.changed, 0);
  const what = `${count(changed)} of ${count(tried.documents)} documents would change`;
  switch (tried.over) {
    case "everything":
      return [`${what}; all were tried`];
    case "dump":
      return [`${what}; tried on the dump of ${tried.record}, ${tried.at}`];
    case "nothing":
      return untried(tried);
    case "sample":
      return [
        `${what}; tried on a sample: ${count(tried.ofEach)} at most of each collection, of ${count(tried.of)} documents in all`,
      ];
  }
}

/** Estimates, and what bounds them: a table that no step touches stays as it is; of any other every row may change. */
function untried({ of, why, estimates }: Extract<DataPlan["tried"], { over: "nothing" }>): readonly string[] {
  const told = estimates.some(({ touched }) => touched !== undefined);
  const may = estimates.filter(({ touched, documents }) => touched !== false && documents > 0);
  const stay = estimates.filter(({ touched }) => touched === false);
  const most = may.reduce((sum, { documents }) => sum + documents, 0);
  return [
    `what becomes of about ${count(of)} rows is not known: ${why}`,
    told
      ? `by the server's estimates at most about ${count(most)} of them change: the migration touches no other table of a copy without rows`
      : "the server's estimates bound nothing: every row may change",
    ...may
      .slice(0, shownFields)
      .map(
        ({ collection, documents, bytes }) =>
          `  ${collection}: about ${count(documents)} rows, ${size(bytes)}`,
      ),
    ...(may.length > shownFields ? [`  … and ${count(may.length - shownFields)} more tables`] : []),
    ...(stay.length > 0 ? [`${count(stay.length)} tables are not touched`] : []),
  ];
}

function size(bytes: number): string {
  return `${count(Math.max(1, Math.round(bytes / 1e6)))} MB`;
}

function isOfInterest({ added, changed, removed, invalid }: PlannedCollection): boolean {
  return added + changed + removed + invalid > 0;
}

function describeCollection(collection: PlannedCollection): readonly string[] {
  const { added, changed, removed, tried, documentsBefore, fields } = collection;
  const of = tried === documentsBefore ? count(tried) : `${count(tried)} tried`;
  const rest = fields.length - shownFields;
  return [
    `${collection.collection}: ${count(changed)} changed, ${count(added)} added, ${count(removed)} removed of ${of}`,
    ...fields
      .slice(0, shownFields)
      .map(({ pointer, how, documents }) => `  ${sign[how]} ${pointer || "/"} in ${count(documents)}`),
    ...(rest > 0 ? [`  … and ${count(rest)} more fields`] : []),
  ];
}

const sign = { added: "+", removed: "-", changed: "~" } as const;

function describeExample({ collection, id, fields, more }: ExampleChange): readonly string[] {
  return [
    `for example ${collection} ${id}:`,
    ...fields.map(({ pointer, how, before, after }) => {
      const values = [before, after].filter((value) => value !== undefined).join(" → ");
      return `  ${sign[how]} ${pointer || "/"}: ${values}`;
    }),
    ...(more > 0 ? [`  … and ${count(more)} more fields`] : []),
  ];
}

function validity({ tried, validity: found, invalid, collections }: DataPlan): readonly string[] {
  if (tried.of === 0 || tried.over === "nothing") return [];
  const rest = found.after - Math.min(shownInvalid, invalid.length);
  return [
    `invalid: ${found.before === undefined ? "" : `${count(found.before)} before, `}${count(found.after)} after`,
    ...invalid
      .slice(0, shownInvalid)
      .map((d) => `  ${d.collection} ${d.id} ${d.pointer || "/"}: ${d.rule} (${d.verdict})`),
    ...(rest > 0 ? [`  … and ${count(rest)} more`] : []),
    ...bounds(collections),
  ];
}

/** What the sample can have missed: one line for all collections without an invalid document, one for each of the others. */
function bounds(collections: readonly PlannedCollection[]): readonly string[] {
  const sampled = collections.flatMap(({ invalidAtMost, ...rest }) =>
    invalidAtMost === undefined ? [] : [{ ...rest, invalidAtMost }],
  );
  const clean = sampled.filter(({ invalid }) => invalid === 0);
  const worst = Math.max(...clean.map(({ invalidAtMost }) => invalidAtMost));
  const least = Math.min(...clean.map(({ tried }) => tried));
  return [
    ...sampled
      .filter(({ invalid }) => invalid > 0)
      .map(
        ({ collection, invalid, tried, documentsBefore, invalidAtMost }) =>
          `  ${collection}: ${count(invalid)} of ${count(tried)} tried, so at most ${percent(invalidAtMost)} of its ${count(documentsBefore)}, at 95 %`,
      ),
    ...(clean.length > 0
      ? [
          `  ${clean.map(({ collection }) => collection).join(", ")}: 0 of ${count(least)} tried, so at most ${percent(worst)} of each, at 95 %`,
        ]
      : []),
  ];
}

function count(number: number): string {
  return number.toLocaleString("en");
}

/** Rounded up: a bound stays one. */
function percent(share: number): string {
  return `${(Math.ceil(share * 10_000) / 100).toLocaleString("en")} %`;
}
