import {
  type Block,
  code,
  heading,
  type Inline,
  joined,
  list,
  quiet,
  strong,
  table,
  leftOut,
} from "../text/document";
import { short } from "../text/words";
import { composeDetails } from "./compose-details";
import { composeGates } from "./compose-gates";
import { composeRecord } from "./compose-record";
import type { ChangedEnvironment, EnvironmentDiff } from "./release-diff";
import { stateOf } from "./state";
import type { ImageChange } from "./stack-changes";

/** One environment: its release in three lines, its gates, and the rest folded. */
export function composeEnvironment(one: EnvironmentDiff, most: number): readonly Block[] {
  switch (one.kind) {
    case "broken":
      return [
        heading(3, [one.environment, " · its stack file is broken: nothing can be released"]),
        ...table(
          ["Where", "Found", "Allowed", "Mend"],
          one.problems
            .slice(0, most)
            .map(({ where, found, allowed, mend }) => [code(where), found, allowed, mend]),
        ),
        ...list(leftOut(one.problems.length, most, "problem")),
      ];
    case "removed":
      return [
        heading(3, [one.environment, " · its stack file is removed"]),
        ...list([
          one.running === undefined
            ? "No release of it is on record."
            : [
                strong(one.running),
                " goes on running there: removing the file stops nothing, ",
                code("pulumi destroy"),
                " does.",
              ],
        ]),
      ];
    default:
      return [
        heading(3, title(one)),
        ...list([images(one, most), schema(one), risk(one)]),
        ...composeRecord(one),
        ...composeGates(one, most),
        ...composeDetails(one, most),
      ];
  }
}

function title(one: ChangedEnvironment): Inline {
  const { environment, release, lane } = one;
  const way =
    release.from === undefined
      ? [strong(release.to), ", new"]
      : release.from === release.to
        ? [strong(release.to), ", same version"]
        : [release.from, " → ", strong(release.to)];
  const kind = lane.kind === "normal" ? [] : [` · ${lane.kind}`];
  return [environment, " · ", ...way, ...kind, ` · ${stateOf(one)}`];
}

function images({ images: all }: ChangedEnvironment, most: number): Inline {
  const changed = all.filter(({ same }) => !same);
  const same = all.length - changed.length;
  const unchanged = same === 0 ? [] : [quiet(`${same} unchanged`)];
  return [
    strong("Images"),
    " ",
    joined(
      [...changed.slice(0, most).map(image), ...leftOut(changed.length, most, "image"), ...unchanged],
      " · ",
    ),
  ];
}

function image({ name, from, to }: ImageChange): Inline {
  if (to === undefined) return [name, " ", from?.tag ?? "", " removed"];
  const digests = joined(
    [from?.digest, to.digest].flatMap((digest) => (digest === undefined ? [] : [code(short(digest))])),
    " → ",
  );
  const tags =
    from === undefined
      ? [strong(to.tag), " new"]
      : from.tag === to.tag
        ? [strong(to.tag)]
        : [from.tag, " → ", strong(to.tag)];
  const moved =
    from !== undefined && from.repository !== to.repository ? [" from ", code(to.repository)] : [];
  const built = to.digest === undefined ? [" built by the stack"] : [];
  return [name, " ", ...tags, " ", digests, ...moved, ...built];
}

function schema({ schema: { package: name, from, to, migrations } }: ChangedEnvironment): Inline {
  if (from === undefined) return [strong("Schema"), ` ${name} `, strong(to)];
  if (from === to) return [strong("Schema"), ` ${name} ${to}, unchanged`];
  const by =
    migrations.length === 0
      ? []
      : [
          " by ",
          joined(
            migrations.map((id) => code(id.replace(`${name}/`, ""))),
            ", ",
          ),
        ];
  return [strong("Schema"), ` ${name} ${from} → `, strong(to), ...by];
}

function risk({ risk: { closed, wayBack } }: ChangedEnvironment): Inline {
  return [strong("Risk"), " ", `${capital(closed)}; ${wayBack}.`];
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
