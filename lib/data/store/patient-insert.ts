import { type Db, MongoNetworkError } from "mongodb";
import { Refusal } from "../../problem";
import type { Block } from "../blocks";
import { frames } from "../bson-frames";
import { idText } from "../document-id";
import type { InsertBlock, WriteRefusal } from "./raw-insert";
import { code } from "./store";

/**
 * A connection that breaks under a block says nothing of what became of it. Where the server still answers, the block is sent
 * again in halves, and what is there already is taken for sent: reading back proves it. A server that breaks the connection on
 * one document is found out that way, and the document is named (fault groups 15 and 35).
 */
export function patientInserter(insert: InsertBlock): InsertBlock {
  return async (db, collection, block) => {
    try {
      return await insert(db, collection, block);
    } catch (error) {
      if (!(error instanceof MongoNetworkError) || !(await answers(db))) throw error;
      return sendInHalves(insert, db, collection, block);
    }
  };
}

async function sendInHalves(
  insert: InsertBlock,
  db: Db,
  collection: string,
  block: Block,
): Promise<readonly WriteRefusal[]> {
  const refused: WriteRefusal[] = [];
  for (const { part, at } of halves(block)) {
    try {
      const found = await insert(db, collection, part);
      const others = found.filter((one) => one.code !== code.duplicateKey);
      refused.push(...others.map((one) => ({ ...one, index: one.index + at })));
    } catch (error) {
      if (!(error instanceof MongoNetworkError) || !(await answers(db))) throw error;
      if (part.documents === 1) throw unbearable(part);
      const found = await sendInHalves(insert, db, collection, part);
      refused.push(...found.map((one) => ({ ...one, index: one.index + at })));
    }
  }
  return refused;
}

/** Two parts of a block, and where each begins; a block of one document is sent once more as it is. */
function halves(block: Block): readonly { readonly part: Block; readonly at: number }[] {
  if (block.documents === 1) return [{ part: block, at: 0 }];
  const documents = Math.floor(block.documents / 2);
  let bytes = 0;
  let seen = 0;
  for (const document of frames(block.bytes, block.collection)) {
    if (seen++ === documents) break;
    bytes += document.length;
  }
  const { collection } = block;
  return [
    { part: { collection, bytes: block.bytes.subarray(0, bytes), documents }, at: 0 },
    {
      part: { collection, bytes: block.bytes.subarray(bytes), documents: block.documents - documents },
      at: documents,
    },
  ];
}

function answers(db: Db): Promise<boolean> {
  return db.command({ ping: 1 }).then(
    () => true,
    () => false,
  );
}

function unbearable({ collection, bytes }: Block): Refusal {
  return new Refusal(`new version of ${collection}`, [
    {
      where: `${collection}, _id ${idText(bytes)}`,
      found: "a document on which the server closes the connection, each time that it is sent",
      allowed: "documents that the server can hold",
      mend: "the migration, or the server",
    },
  ]);
}
