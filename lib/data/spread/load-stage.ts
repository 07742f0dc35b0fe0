import type { RecordLog } from "../journal/record-log";
import type { ProcessReport } from "../migrations";
import type { ContentHash } from "../order-free-hash";
import type { CollectionInfo } from "../store/catalog";
import { forgetDigests } from "../store/digests";
import type { MongoContext } from "../store/mongo-context";
import { shapeOf } from "../store/shape";
import { createStaged, indexStaged } from "../store/staged-collection";
import { sumOfPassed } from "./passed";
import type { SpreadStages } from "./stages";
import type { Piece, Unit } from "./work";

/** What is to be loaded, and by whom. */
interface Load {
  readonly stages: SpreadStages;
  readonly report: ProcessReport;
  readonly next: ReadonlyMap<string, readonly Piece[]>;
  readonly live: readonly CollectionInfo[];
}

/** Loads the new versions beside the live ones: the coordinator makes collections and indexes, workers send documents. */
export async function loadPieces(
  { store }: MongoContext,
  { token }: RecordLog,
  { stages, report, next, live }: Load,
): Promise<{
  readonly sent: ReadonlyMap<string, ContentHash>;
  readonly shapes: ReadonlyMap<string, string>;
}> {
  const byName = new Map(live.map((info) => [info.name, info]));
  const units = [...next].flatMap(([collection, pieces]) =>
    pieces.map((piece): Piece => ({ ...piece, collection })),
  );
  const models = new Map<string, Awaited<ReturnType<typeof createStaged>>>();
  for (const collection of next.keys()) {
    const origin = report.renamed.find(({ to }) => to === collection)?.from ?? collection;
    await forgetDigests(store.db, token, collection);
    models.set(collection, await createStaged(store.db, token, { collection, origin }, byName));
  }
  const results = await stages.run(
    "load",
    units.map((piece, at): Unit => ({ do: "load", id: `l${at}`, piece })),
  );
  for (const [collection, model] of models) await indexStaged(store.db, token, collection, model);
  const passed = [...results.values()].flatMap((result) => result.passed ?? []);
  const sentOf = (name: string): ContentHash =>
    sumOfPassed(passed.filter(({ collection }) => collection === name));
  return {
    sent: new Map([...next.keys()].map((collection) => [collection, sentOf(collection)])),
    shapes: new Map([...models].map(([name, { options, indexes }]) => [name, shapeOf(options, indexes)])),
  };
}
