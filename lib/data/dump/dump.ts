import { BSON, type Document } from "mongodb";
import type { Block, DocumentSource } from "../blocks";
import type { CollectionInfo } from "../store/catalog";
import { CollectionWriter, usualSegment, type WrittenCollection } from "./collection-writer";
import { sideBySide } from "../side-by-side";
import { dumpFileName } from "./file-names";
import { type DumpedCollection, type DumpManifest, manifestFile } from "./manifest";
import { readBson } from "./read-bson";
import { type DumpStorage, putText } from "./storage";

/** Each is flushed to the disk by itself, which is mostly waiting. */
const filesAtOnce = 8;

/**
 * Reads a database and leaves a dump of all that it read: whoever processes the documents pays for the dump with one pass.
 * A collection that was read whole is read from the dump from then on, so that all readers see the same documents.
 */
export class DumpingSource implements DocumentSource {
  readonly #written = new Map<string, WrittenCollection>();

  constructor(
    private readonly inner: DocumentSource,
    /** `<dump.keep>/<record>/<database>`: mongodump's own layout. */
    private readonly storage: DumpStorage,
    private readonly names: readonly string[],
    private readonly mayGoOn: () => void | Promise<void>,
    /** How large a segment is about. */
    readonly segmentBytes = usualSegment,
  ) {}

  /** What was dumped so far, by collection. */
  get written(): ReadonlyMap<string, WrittenCollection> {
    return this.#written;
  }

  collections(): Promise<readonly string[]> {
    return Promise.resolve(this.names);
  }

  async *read(collection: string): AsyncGenerator<Block> {
    const dumped = this.#written.get(collection);
    if (dumped) {
      yield* readBson(this.storage, dumped.file, collection);
      return;
    }
    const writer = await CollectionWriter.create(this.storage, collection, this.segmentBytes);
    let whole = false;
    try {
      for await (const block of this.inner.read(collection)) {
        await this.mayGoOn();
        await writer.write(block);
        yield block;
      }
      whole = true;
    } finally {
      if (!whole) await writer.abandon();
    }
    this.#written.set(collection, await writer.finish());
  }

  /** Takes over what a later dump into the same storage wrote anew. */
  replace(later: DumpingSource): void {
    for (const [collection, written] of later.written) this.#written.set(collection, written);
  }

  /** Takes over what others have dumped into the same storage. */
  take(collection: string, written: WrittenCollection): void {
    this.#written.set(collection, written);
  }

  /** Dumps collections that nobody has read. @param besides those that others dump. */
  async complete(besides: ReadonlySet<string> = new Set()): Promise<void> {
    for (const collection of this.names) {
      if (besides.has(collection) || this.#written.has(collection)) continue;
      const reader = this.read(collection);
      while (!(await reader.next()).done);
    }
  }
}

/** Writes the metadata files and, last of all, the manifest: a dump without a manifest is none. */
export async function sealDump(
  storage: DumpStorage,
  about: Omit<DumpManifest, "collections" | "format">,
  collections: readonly {
    readonly info: CollectionInfo;
    readonly indexes: readonly Document[];
    readonly written: WrittenCollection;
  }[],
): Promise<DumpManifest> {
  const dumped = collections.map(({ info, indexes, written }): DumpedCollection => ({
    collection: info.name,
    file: `${about.database}/${written.file}`,
    documents: written.hash.documents,
    bytes: written.hash.bytes,
    hash: written.hash.toString(),
    segments: written.segments,
    options: info.options,
    indexes,
  }));
  const metadata = [
    ...collections,
    ...about.views.map((view) => ({ info: { ...view, type: "view" }, indexes: [] })),
  ];
  await sideBySide(metadata, filesAtOnce, ({ info, indexes }) =>
    putText(
      storage,
      `${about.database}/${dumpFileName(info.name)}.metadata.json`,
      metadataText(info, indexes),
    ),
  );
  const manifest: DumpManifest = { format: 1, ...about, collections: dumped };
  await putText(
    storage,
    manifestFile,
    `${BSON.EJSON.stringify(manifest, undefined, 2, { relaxed: false })}\n`,
  );
  return manifest;
}

/** As mongodump writes it: canonical extended JSON. */
function metadataText(
  info: Omit<CollectionInfo, "uuid"> & { readonly uuid?: string },
  indexes: readonly Document[],
): string {
  const metadata = {
    indexes,
    ...(info.uuid === undefined ? {} : { uuid: info.uuid }),
    collectionName: info.name,
    type: info.type,
    options: info.options,
  };
  return BSON.EJSON.stringify(metadata, { relaxed: false });
}
