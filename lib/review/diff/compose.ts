import { type Block, code, folded, joined, leftOut, list, paragraph, quiet, table } from "../text/document";
import { counted, short } from "../text/words";
import { composeEnvironment } from "./compose-environment";
import type { EnvironmentDiff, ReleaseDiff } from "./release-diff";
import { stateOf } from "./state";

/**
 * A release diff as a document: what a reviewer must know first, and the rest folded away.
 * @param most rows that any table or list may have: what is left out is counted.
 */
export function compose(diff: ReleaseDiff, most: number): readonly Block[] {
  const { environments } = diff;
  return [
    ...(environments.length === 0 ? [untouched(diff)] : []),
    ...(environments.length > 1 ? overview(environments, most) : []),
    ...environments.slice(0, most).flatMap((one) => composeEnvironment(one, most)),
    ...(environments.length > most
      ? [paragraph(`… and ${counted(environments.length - most, "more environment")}.`)]
      : []),
    ...program(diff, most),
    foot(diff),
  ];
}

function untouched({ program }: ReleaseDiff): Block {
  return paragraph(
    program.length === 0
      ? "No environment is touched: no stack file changes, and nothing that a release runs."
      : "No stack file changes, so nothing is released; what changes is the program that releases.",
  );
}

/** Of several environments, first a line each. */
function overview(environments: readonly EnvironmentDiff[], most: number): readonly Block[] {
  return table(
    ["Environment", "From", "To", "State"],
    environments.slice(0, most).map((one) => {
      switch (one.kind) {
        case "broken":
          return [one.environment, "", "", "stack file is broken"];
        case "removed":
          return [one.environment, one.running ?? "", "removed", "stack file is gone"];
        default:
          return [one.environment, one.release.from ?? "none", one.release.to, stateOf(one)];
      }
    }),
  );
}

/** What no stack file shows and every next `pulumi up` sees. */
function program({ program, environments }: ReleaseDiff, most: number): readonly Block[] {
  const all = environments.length === 0 ? "the next" : "every environment's next";
  return folded(
    `${counted(program.length, "file")} of the program or its migrations: ${all} pulumi up runs them`,
    list([...program.slice(0, most).map(code), ...leftOut(program.length, most, "file")]),
  );
}

function foot({ base, head, behind, environments }: ReleaseDiff): Block {
  const hashes = environments.flatMap((one) =>
    "hash" in one && one.hash !== undefined
      ? [[`${one.environment} is release `, code(short(one.hash))]]
      : [],
  );
  const compared = [
    "Compares ",
    code(base.id.slice(0, 8)),
    base.is === "base" ? ", which has no commit in common with the change, with " : " with ",
    code(head.id.slice(0, 8)),
  ];
  const moved = behind === 0 ? [] : [`${counted(behind, "commit")} on the base not taken in`];
  return paragraph(quiet(joined([compared, ...hashes, ...moved], " · ")));
}
