import { Binary, type Db } from "mongodb";
import { idBytes } from "../document-id";
import { digestCollection } from "../names";
import { sha256 } from "../order-free-hash";

/** Bytes of a SHA-256 that are kept: enough that an accident can't make two documents look alike. */
const keptBytes = 8;
const entryBytes = 2 * keptBytes;
/** Well under a document's limit. */
const chunkEntries = 65_536;

interface Chunk {
  readonly _id: string;
  readonly token: number;
  readonly collection: string;
  /** Whose chunk it is, where several processes load one collection. */
  readonly part?: string;
  readonly entries: Binary;
}

/** Digests of the documents of one new version, so that a way back can name what users wrote since (rule N18). */
export class CollectionDigests {
  readonly #chunks: Buffer[] = [];
  #used = chunkEntries;

  /** @param digest the SHA-256 of the whole document. */
  add(document: Uint8Array, digest: Buffer): void {
    if (this.#used === chunkEntries) {
      this.#chunks.push(Buffer.alloc(chunkEntries * entryBytes));
      this.#used = 0;
    }
    const chunk = this.#chunks.at(-1);
    sha256(idBytes(document)).copy(chunk ?? Buffer.alloc(0), this.#used * entryBytes, 0, keptBytes);
    digest.copy(chunk ?? Buffer.alloc(0), this.#used * entryBytes + keptBytes, 0, keptBytes);
    this.#used += 1;
  }

  /**
   * Writes them in place of what an earlier attempt of the same token left.
   * @param part the part of the collection that these are of; its own earlier attempt is replaced, and no other.
   */
  async save(db: Db, token: number, collection: string, part?: string): Promise<void> {
    const chunks = db.collection<Chunk>(digestCollection);
    await forgetDigests(db, token, collection, part);
    for (const [index, chunk] of this.#chunks.entries()) {
      const last = index === this.#chunks.length - 1;
      const entries = new Binary(last ? chunk.subarray(0, this.#used * entryBytes) : chunk);
      const number = part === undefined ? String(index) : `${part}-${index}`;
      const _id = `${token}/${number}/${collection}`;
      await chunks.insertOne({ _id, token, collection, ...(part !== undefined && { part }), entries });
    }
  }
}

/** Takes away what an attempt of this token left, or one part of it. */
export async function forgetDigests(db: Db, token: number, collection: string, part?: string): Promise<void> {
  const filter = { token, collection, ...(part !== undefined && { part }) };
  await db.collection<Chunk>(digestCollection).deleteMany(filter);
}

/** A document's key among digests. */
export function digestKey(document: Uint8Array): string {
  return sha256(idBytes(document)).toString("hex", 0, keptBytes);
}

/** A document's content among digests. */
export function digestContent(document: Uint8Array): string {
  return sha256(document).toString("hex", 0, keptBytes);
}

/** What a release put into a collection, content by key; undefined where no digests were kept. */
export async function loadDigests(
  db: Db,
  token: number,
  collection: string,
): Promise<Map<string, string> | undefined> {
  const found = new Map<string, string>();
  let any = false;
  for await (const { entries } of db.collection<Chunk>(digestCollection).find({ token, collection })) {
    any = true;
    const bytes = Buffer.from(entries.buffer.subarray(0, entries.length()));
    for (let at = 0; at < bytes.length; at += entryBytes) {
      found.set(
        bytes.toString("hex", at, at + keptBytes),
        bytes.toString("hex", at + keptBytes, at + entryBytes),
      );
    }
  }
  return any ? found : undefined;
}

/** Forgets the digests of all releases but these. */
export async function cleanDigests(db: Db, keptTokens: readonly number[]): Promise<void> {
  await db.collection<Chunk>(digestCollection).deleteMany({ token: { $nin: [...keptTokens] } });
}
