import {
  type Block,
  code,
  folded,
  type Inline,
  joined,
  list,
  paragraph,
  quiet,
  strong,
  table,
  leftOut,
} from "../text/document";
import { count, counted, day } from "../text/words";
import { type DataDiff, sign } from "./data-diff";
import type { BeforeComparison } from "./environment-before";
import type { PulumiPlan } from "./pulumi-plan";
import type { ChangedEnvironment, Part, SourceChange, SourceCommits } from "./release-diff";
import type { SettingChange } from "./stack-changes";

/** The rest of a release: each part is a line that answers, and opens. */
export function composeDetails(one: ChangedEnvironment, most: number): readonly Block[] {
  const { data, plan, sources, settings, before } = one;
  return [
    ...whenKnown(data, (known) => dataPart(known, most)),
    ...whenKnown(plan, (known) => planPart(known, most)),
    ...sources.flatMap((source) => sourcePart(source, most)),
    ...folded(
      `${counted(settings.length, "other setting")} ${settings.length === 1 ? "changes" : "change"}`,
      settingsTable(["Setting", "Before", "After"], settings, most),
    ),
    ...whenKnown(before, (known) => beforePart(one.environment, known, most)),
    ...notLookedAt(one),
  ];
}

function whenKnown<T>(part: Part<T>, compose: (value: T) => readonly Block[]): readonly Block[] {
  return part.known ? compose(part.value) : [];
}

function dataPart(data: DataDiff, most: number): readonly Block[] {
  const { collections, documents, of, over, invalid, examples, problems } = data;
  const touched = collections.reduce(
    (sum, { added, changed, removed }) => sum + added + changed + removed,
    0,
  );
  const validity =
    invalid === undefined
      ? ""
      : `; ${count(invalid.after)} invalid after${invalid.before === undefined ? "" : `, ${count(invalid.before)} before`}`;
  const summary =
    touched === 0
      ? `no document changes, of ${count(documents)}`
      : `${count(touched)} of ${counted(documents, "document")} in ${collections.length} of ${counted(of, "collection")}`;
  return folded(
    [strong("Data"), ` ${summary}${validity} (${over})`],
    [
      ...list(problems.slice(0, most).map((problem) => [strong("refused"), ` ${problem}`])),
      ...table(
        ["Collection", "Documents", "Changed", "Added", "Removed"],
        collections
          .slice(0, most)
          .map((one) => [
            code(one.collection),
            ...[one.documents, one.changed, one.added, one.removed].map(count),
          ]),
      ),
      ...list(leftOut(collections.length, most, "collection")),
      ...fields(data, most),
      ...examples
        .slice(0, Math.min(3, most))
        .flatMap(({ title, lines }) => [
          paragraph("For example ", code(title)),
          ...list(lines.slice(0, most).map(code)),
        ]),
      ...(collections.length === 0 ? [paragraph("Every document stays as it is.")] : []),
    ],
  );
}

function fields({ collections }: DataDiff, most: number): readonly Block[] {
  const all = collections.flatMap(({ collection, fields: touched }) =>
    touched.map(({ pointer, how, documents }) => [
      code(`${collection} ${sign[how]} ${pointer || "/"}`),
      count(documents),
    ]),
  );
  return [...table(["Field", "Documents"], all.slice(0, most)), ...list(leftOut(all.length, most, "field"))];
}

const operations = ["create", "update", "replace", "delete", "same"] as const;

function planPart({ counts, named, errors }: PulumiPlan, most: number): readonly Block[] {
  const numbers = operations.map((op) => `${counts[op] ?? 0} ${op}`).join(", ");
  const names = named.slice(0, 5).map(({ op, name }) => `${op}s ${name}`);
  const more = named.length > names.length ? [`${named.length - names.length} more`] : [];
  const failed = errors.length === 0 ? "" : `; ${counted(errors.length, "error")}`;
  return folded(
    [
      strong("Pulumi"),
      ` ${numbers}${failed}`,
      ...(names.length === 0 ? [] : [": ", strong([...names, ...more].join(", "))]),
    ],
    [
      ...list(errors.slice(0, most)),
      ...table(
        ["Resource", "Type", "", "Because of"],
        named
          .slice(0, most)
          .map(({ op, name, type, because }) => [
            code(name),
            code(type),
            strong(op),
            joined(because.map(code), ", "),
          ]),
      ),
      ...list(leftOut(named.length, most, "resource")),
      ...(named.length === 0 ? [paragraph("Nothing is replaced, nothing is deleted.")] : []),
    ],
  );
}

function sourcePart({ source, from, to, link, commits }: SourceChange, most: number): readonly Block[] {
  const versions = `${source} ${from} → ${to}`;
  const compare: Inline = link === undefined ? [] : [{ link, text: "Compare them" }];
  if (!commits.known)
    return link === undefined ? [] : [paragraph(strong("Changes"), ` ${versions} `, compare)];
  const { way, commits: all, tickets } = commits.value;
  const goes = way === "back" ? " that go" : "";
  return folded(
    [
      strong("Changes"),
      ` ${counted(all.length, "commit")}${goes}, ${counted(tickets.length, "ticket")}: ${versions}`,
    ],
    [
      ...(tickets.length === 0
        ? []
        : [paragraph("Tickets ", joined(tickets.slice(0, most).map(ticket), ", "))]),
      ...list([
        ...all
          .slice(0, most)
          .map(({ id, subject, author, at }) => [
            code(id.slice(0, 8)),
            " ",
            subject,
            quiet(` · ${author}, ${day(at)}`),
          ]),
        ...leftOut(all.length, most, "commit"),
      ]),
      ...(link === undefined ? [] : [paragraph(compare)]),
    ],
  );
}

function ticket({ number, link }: SourceCommits["tickets"][number]): Inline {
  return link === undefined ? `#${number}` : { link, text: `#${number}` };
}

function beforePart(environment: string, before: BeforeComparison, most: number): readonly Block[] {
  const { environment: there, runs, versions, settings } = before;
  const running =
    runs === undefined ? "has no release on record" : `runs ${runs.release} since ${day(runs.since)}`;
  const differ =
    settings.length === 0
      ? ""
      : `; ${counted(settings.length, "setting")} still ${settings.length === 1 ? "differs" : "differ"}`;
  const summary =
    versions.length === 0
      ? [strong("Like"), ` ${there}, which ${running}: same images, same schema${differ}`]
      : [
          strong("Unlike"),
          ` ${there}, which ${running}: ${counted(versions.length, "version")} still ${versions.length === 1 ? "differs" : "differ"}${differ}`,
        ];
  return folded(summary, [
    ...(versions.length === 0 ? [paragraph("What comes here is what was tried there, byte for byte.")] : []),
    ...table(
      ["Version", `On ${there}`, `On ${environment}`],
      versions.slice(0, most).map((one) => [one.what, one.there, one.here]),
    ),
    ...list(leftOut(versions.length, most, "version")),
    ...settingsTable(["Setting", `On ${there}`, `On ${environment}`], settings, most),
  ]);
}

function settingsTable(
  head: readonly string[],
  settings: readonly SettingChange[],
  most: number,
): readonly Block[] {
  return [
    ...table(
      head,
      settings.slice(0, most).map(({ key, from, to }) => [code(key), code(from ?? "–"), code(to ?? "–")]),
    ),
    ...list(leftOut(settings.length, most, "setting")),
  ];
}

/** What this diff does not say is said, each with the command that would tell it. */
function notLookedAt(one: ChangedEnvironment): readonly Block[] {
  const parts: readonly (readonly [string, Part<unknown>])[] = [
    ...(one.record === undefined
      ? ([
          ["gates", one.gates],
          ["Pulumi's plan", one.plan],
        ] as const)
      : []),
    ["the data", one.data],
    ...one.sources.map(({ source, commits }) => [`commits of ${source}`, commits] as const),
    ["the environment before", one.before],
  ];
  const missing = parts.flatMap(([name, part]) => (part.known ? [] : [{ name, ...part }]));
  return folded(
    [quiet(`Not looked at: ${missing.map(({ name }) => name).join(", ")}`)],
    list(
      missing.map(({ name, why, get }) => [
        strong(name),
        ` ${why}`,
        ...(get === "" ? [] : [": ", code(get)]),
      ]),
    ),
  );
}
