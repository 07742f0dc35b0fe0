import { basename, dirname } from "node:path";
import { type Proof, proofChecksum } from "../conductor/proof";
import { type Problem, Refusal } from "../../problem";
import { type DataStore, type KnownVersion, thingOf } from "../conductor/data-store";
import { FolderStorage } from "../dump/folder-storage";
import type { DumpManifest } from "../dump/manifest";
import { type DumpStorage, getText } from "../dump/storage";
import { removedFile } from "../migrations";
import { sumOf } from "../dump/file-sum";
import { isPostgresManifest, verifyPostgresDump } from "../postgresql/verify-dump";
import { readManifest, verifyDump } from "./verify-dump";

/** The folder that a file lies in. */
function folderOf(path: string): DumpStorage {
  return new FolderStorage(dirname(path));
}

/** Reads a proof file. @param storage what it lies in. @throws Refusal when it is none, or was edited. */
export async function readProof(path: string, storage = folderOf(path)): Promise<Proof> {
  const refuse = (found: string): Refusal =>
    new Refusal("proof", [
      {
        where: path,
        found,
        allowed: "a proof file as a release left it",
        mend: "take it from the release's folder again",
      },
    ]);
  let proof: Proof;
  try {
    proof = JSON.parse(await getText(storage, basename(path))) as Proof;
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
  const { checksum, ...body } = proof;
  if (proofChecksum(body) !== checksum) throw refuse("a checksum that does not fit: the file was changed");
  return proof;
}

/** Offline: the dump beside the proof is whole, and is what the release began with. @param storage what both lie in. */
export async function verifyOffline(path: string, storage = folderOf(path)): Promise<readonly Problem[]> {
  const proof = await readProof(path, storage);
  const manifest: unknown = await readManifest(storage);
  if (isPostgresManifest(manifest)) return verifyPostgresDump(storage, manifest, proof.record.collections);
  const { collections } = manifest as DumpManifest;
  const dumped = new Map(collections.map(({ collection, hash }) => [collection, hash]));
  const differing = proof.record.collections
    .filter(
      ({ collection, hashBefore, documentsBefore }) =>
        documentsBefore > 0 && dumped.get(collection) !== hashBefore,
    )
    .map(({ collection, hashBefore }) => ({
      where: collection,
      found: `a dump with content hash ${dumped.get(collection) ?? "of nothing"}`,
      allowed: `what the release began with: ${hashBefore}`,
      mend: "find the dump of this very record",
    }));
  return [...differing, ...(await removedList(proof, storage)), ...(await verifyDump(storage))];
}

/** The list of what was removed, where the proof holds only its first lines. */
async function removedList({ evidence }: Proof, storage: DumpStorage): Promise<readonly Problem[]> {
  const wanted = evidence?.removedFileHash;
  if (wanted === undefined) return [];
  const found = await sumOf(storage, removedFile).then(
    (sum) => `SHA-256 ${sum}`,
    () => "no such file",
  );
  if (found === `SHA-256 ${wanted}`) return [];
  const mend = "take it from the release's folder again";
  return [
    {
      where: storage.where(removedFile),
      found,
      allowed: `the list as the release left it: SHA-256 ${wanted}`,
      mend,
    },
  ];
}

/** Online: the live data is what the release put there, and the retained originals what it began with. */
export async function verifyOnline(
  path: string,
  store: DataStore,
  storage = folderOf(path),
): Promise<readonly Problem[]> {
  const { record, moves } = await readProof(path, storage);
  const present = await store.present();
  const problems: Problem[] = [];
  const check = async (version: Omit<KnownVersion, "depth">, mend: string): Promise<void> => {
    for (const { collection, hash } of await store.differences(
      { ...version, depth: "content" },
      () => undefined,
    )) {
      const change = version.changes.find((one) => one.collection === collection);
      problems.push({
        where:
          collection === version.thing
            ? `${store.name}.${version.actual}`
            : `${collection} (${version.actual})`,
        found: `content hash ${hash}`,
        allowed:
          (version.side === "after" ? change?.hashAfter : change?.hashBefore) ?? "nothing of that name",
        mend,
      });
    }
  };
  for (const thing of new Set(record.collections.map(thingOf))) {
    const changes = record.collections.filter((change) => thingOf(change) === thing);
    if (changes.some(({ documentsAfter }) => documentsAfter > 0))
      await check(
        { thing, actual: thing, side: "after", changes },
        "users have written since, or a later release changed it",
      );
    const retained = moves.find(({ collection }) => collection === thing)?.retained;
    if (retained === undefined || !present.has(retained)) continue;
    await check(
      { thing, actual: retained, side: "before", changes },
      "the original was changed: go back by the dump instead",
    );
  }
  return problems;
}
