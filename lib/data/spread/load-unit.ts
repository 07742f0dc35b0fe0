import { setTimeout as sleep } from "node:timers/promises";
import { BSON, type Db } from "mongodb";
import { Refusal } from "../../problem";
import type { Block } from "../blocks";
import { frames } from "../bson-frames";
import { idBytes, idText } from "../document-id";
import type { DumpStorage } from "../dump/storage";
import { stagingName } from "../names";
import { OrderFreeHash, sha256 } from "../order-free-hash";
import { CollectionDigests } from "../store/digests";
import { patientInserter } from "../store/patient-insert";
import { blockInserter, type WriteRefusal } from "../store/raw-insert";
import { splitBlock } from "../store/split-block";
import { code, type ServerLimits } from "../store/store";
import { passedOf } from "./passed";
import { readPiece } from "./piece-source";
import { SlowServer } from "./slow-server";
import type { Findings, Unit } from "./work";

/** Where documents are put. */
export interface LoadingPlace {
  readonly storage: DumpStorage;
  readonly db: Db;
  readonly limits: ServerLimits;
  readonly token: number;
  /** Called before each block. @throws when the lock is another's. */
  readonly mayGoOn: () => Promise<void>;
}

/**
 * Puts one piece into its staging collection. What an earlier attempt has put there stays, where it is the very same document.
 * @throws Refusal when the server won't take a document, or holds another one with its `_id`.
 */
export async function loadUnit(
  { id, piece }: Extract<Unit, { do: "load" }>,
  { storage, db, limits, token, mayGoOn }: LoadingPlace,
): Promise<Pick<Findings, "passed">> {
  const insert = patientInserter(blockInserter());
  const hash = new OrderFreeHash();
  const digests = new CollectionDigests();
  const server = new SlowServer();
  const name = stagingName(piece.collection, token);
  for await (const block of readPiece(storage, piece)) {
    for (const document of frames(block.bytes, block.collection)) {
      const digest = sha256(document);
      hash.addDigest(digest, document.length);
      digests.add(document, digest);
    }
    await mayGoOn();
    // One message at a time: when the server is slow, so is the worker.
    for (const part of splitBlock(block, limits)) {
      const begun = performance.now();
      const refused = await insert(db, name, part);
      await sleep(server.pause(performance.now() - begun, part.bytes.length));
      await refuseOthers(db, name, part, refused);
    }
  }
  await mayGoOn();
  await digests.save(db, token, piece.collection, id);
  return { passed: passedOf(piece.collection, hash) };
}

async function refuseOthers(
  db: Db,
  name: string,
  block: Block,
  refused: readonly WriteRefusal[],
): Promise<void> {
  if (refused.length === 0) return;
  const documents = [...frames(block.bytes, block.collection)];
  const problems = [];
  for (const { index, code: reason, message } of refused) {
    const document = documents[index] ?? new Uint8Array();
    if (reason === code.duplicateKey && (await isThere(db, name, document))) continue;
    problems.push({
      where: `${block.collection}, _id ${idText(document)}`,
      found: message,
      allowed: "documents that the server accepts, each with an _id of its own",
      mend: "the migration",
    });
  }
  if (problems.length > 0) throw new Refusal(`new version of ${block.collection}`, problems);
}

/** Whether the staging collection holds exactly this document. */
async function isThere(db: Db, name: string, document: Uint8Array): Promise<boolean> {
  const { _id } = BSON.deserialize(document, { promoteValues: false, promoteBuffers: false }) as {
    _id: never;
  };
  const found = await db.collection(name).find({ _id }, { raw: true }).limit(2).toArray();
  return found.some(
    (one) =>
      Buffer.compare(idBytes(one as unknown as Uint8Array), idBytes(document)) === 0 &&
      Buffer.compare(one as unknown as Uint8Array, document) === 0,
  );
}
