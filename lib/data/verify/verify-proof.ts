import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type Proof, proofChecksum } from "../conductor/proof";
import { OrderFreeHash } from "../order-free-hash";
import { type Problem, Refusal } from "../../problem";
import { listAll } from "../store/catalog";
import { MongoSource } from "../store/mongo-source";
import type { Store } from "../store/store";
import { readManifest, verifyDump } from "./verify-dump";

/** Reads a proof file. @throws Refusal when it is none, or was edited. */
export async function readProof(path: string): Promise<Proof> {
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
    proof = JSON.parse(await readFile(path, "utf8")) as Proof;
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
  const { checksum, ...body } = proof;
  if (proofChecksum(body) !== checksum) throw refuse("a checksum that does not fit: the file was changed");
  return proof;
}

/** Offline: the dump beside the proof is whole, and is what the release began with. */
export async function verifyOffline(path: string): Promise<readonly Problem[]> {
  const proof = await readProof(path);
  const folder = dirname(path);
  const { collections } = await readManifest(folder);
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
  return [...differing, ...(await verifyDump(folder))];
}

/** Online: the live collections are what the release put there, and the retained originals what it began with. */
export async function verifyOnline(path: string, store: Store): Promise<readonly Problem[]> {
  const { record, moves } = await readProof(path);
  const present = new Set((await listAll(store.db)).map(({ name }) => name));
  const problems: Problem[] = [];
  const check = async (name: string, hash: string, mend: string): Promise<void> => {
    const found = await hashOf(store, name);
    if (found === hash) return;
    problems.push({
      where: `${store.db.databaseName}.${name}`,
      found: `content hash ${found}`,
      allowed: hash,
      mend,
    });
  };
  for (const { collection, hashAfter, documentsAfter } of record.collections) {
    if (documentsAfter > 0)
      await check(collection, hashAfter, "users have written since, or a later release changed it");
  }
  for (const { collection, retained } of moves) {
    const before = record.collections.find((change) => change.collection === collection)?.hashBefore;
    if (retained === undefined || before === undefined || !present.has(retained)) continue;
    await check(retained, before, "the original was changed: go back by the dump instead");
  }
  return problems;
}

async function hashOf({ db }: Store, name: string): Promise<string> {
  const hash = new OrderFreeHash();
  for await (const batch of new MongoSource(db).batches(name)) {
    for (const document of batch) hash.add(document);
  }
  return hash.toString();
}
