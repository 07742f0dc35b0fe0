/** Where dumps, reports and proofs stay: whatever can hold whole files under names, be it a folder, a volume or a bucket. */
export interface DumpStorage {
  /** What a person finds a file by. Example: `/var/dumps/prod-v2.0.0-7/manifest.json`. */
  where(name?: string): string;

  /** The storage below a name. */
  within(name: string): DumpStorage;

  /** Begins a file, which nobody sees before it is published. @throws Refusal when nothing can be kept here (rule N11). */
  put(name: string): Promise<StoringFile>;

  /** A local folder for a tool that writes and reads files by itself; `publishFolder` makes them part of the storage. */
  localFolder(name: string): Promise<string>;

  /** Takes over what a tool left in the local folder; that stays for the tool to read. */
  publishFolder(name: string): Promise<void>;

  /** Makes one file of published ones, in their order; those go. It takes the place of an earlier one. */
  join(name: string, parts: readonly string[]): Promise<void>;

  /** A published file, or a part of it; each chunk is the reader's own. @throws when there is no such file. */
  get(name: string, part?: { readonly offset: number; readonly bytes: number }): AsyncIterable<Uint8Array>;

  /** Published files by name, with all that is below; names are separated by `/`. */
  list(): Promise<ReadonlyMap<string, { readonly bytes: number }>>;

  /** Bytes that still find room here; absent where nobody can tell. */
  room?(): Promise<number>;

  /** Removes a file, or all that is below a name, or all that is here; also what was never published. Idempotent. */
  remove(name?: string): Promise<void>;
}

/** A file on its way into a storage: whole under its name, or not there. */
export interface StoringFile {
  /** When this has settled the bytes' buffer may be given away. */
  write(bytes: Uint8Array): Promise<void>;

  /** Gives the file its name, after its bytes are safe; it takes the place of an earlier one. */
  publish(): Promise<void>;

  /** Leaves nothing behind. */
  abandon(): Promise<void>;
}

/** Puts a text as one file, all or nothing. */
export function putText(storage: DumpStorage, name: string, text: string): Promise<void> {
  return putBytes(storage, name, Buffer.from(text));
}

/** Puts bytes as one file, all or nothing. */
export async function putBytes(storage: DumpStorage, name: string, bytes: Uint8Array): Promise<void> {
  const file = await storage.put(name);
  try {
    await file.write(bytes);
  } catch (error) {
    await file.abandon();
    throw error;
  }
  await file.publish();
}

/** The whole of a file that is known to be small. */
export async function getText(storage: DumpStorage, name: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of storage.get(name)) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
