import type { Block } from "../blocks";
import type { DumpStorage } from "../dump/storage";
import type { Beside, ProcessReport } from "../migrations";
import { danglingReferences, type AskedIds, type SeenReferences } from "../migrations/dangling-references";
import { lookForIds } from "../validation/inspect-block";
import { readPiece } from "./piece-source";
import type { Piece } from "./work";

/** The new version: changed collections as they will be, and the pieces of all that stay as they are. */
interface NewVersion {
  readonly storage: DumpStorage;
  readonly pieces: ReadonlyMap<string, readonly Piece[]>;
  readonly all: readonly Piece[];
  readonly beside?: Beside | undefined;
}

/** Names the references that lead nowhere after the release (rule N13); looks through the new version only when an id is in question. */
export async function followReferences(report: ProcessReport, version: NewVersion): Promise<ProcessReport> {
  const { references, ...rest } = report;
  if (!references) return report;
  const kinds = [...report.idKinds, ...(version.beside?.idKinds ?? [])];
  const { first, total } = await danglingReferences(references, kinds, (asked) =>
    look(asked, report, version),
  );
  return { ...rest, dangling: first, totals: { ...rest.totals, dangling: total } };
}

async function look(
  { all, gone }: AskedIds,
  report: ProcessReport,
  { storage, pieces, all: source, beside }: NewVersion,
): Promise<SeenReferences> {
  const present = new Set<string>();
  const referring: SeenReferences["referring"][number][] = [];
  const away = new Set([
    ...report.deleted.map(({ collection }) => collection),
    ...report.renamed.map(({ from }) => from),
  ]);
  const stays = source.filter(({ collection }) => !pieces.has(collection) && !away.has(collection));
  const take = (block: Block): void => {
    const found = lookForIds(block, all);
    for (const id of found.present) present.add(id);
    const lost = found.referring.filter(({ target }) => gone.has(target));
    referring.push(...lost.map((one) => ({ ...one, collection: block.collection })));
  };
  for (const piece of [...[...pieces.values()].flat(), ...stays]) {
    for await (const block of readPiece(storage, piece)) take(block);
  }
  for (const collection of (await beside?.source.collections()) ?? []) {
    for await (const block of beside?.source.read(collection) ?? []) take(block);
  }
  return { present, referring };
}
