import { contentHash, type Json } from "../../content-hash";
import { type DumpStorage, getText, putText } from "../dump/storage";

/** The storage gave other bytes than were put there, or none: worth another try, and no fault of the data. */
export class StorageFault extends Error {
  override readonly name = "StorageFault";

  constructor(where: string, found: string) {
    super(`${where}: ${found}`);
  }
}

/** Puts a value as JSON whose first line is its content hash. @returns that hash. */
export async function putSealed(storage: DumpStorage, name: string, value: unknown): Promise<string> {
  const text = JSON.stringify(value);
  const seal = contentHash(Buffer.from(text));
  await putText(storage, name, `${seal}\n${text}\n`);
  return seal;
}

/**
 * Reads a sealed value.
 * @param seal the hash that it must have, where it is known from elsewhere.
 * @throws StorageFault when it is not what was put.
 */
export async function getSealed(storage: DumpStorage, name: string, seal?: string): Promise<Json> {
  const text = await getText(storage, name).catch((error: unknown) => {
    throw new StorageFault(storage.where(name), error instanceof Error ? error.message : String(error));
  });
  const [first = "", body = ""] = text.split("\n");
  const found = contentHash(Buffer.from(body));
  if (found !== first || (seal !== undefined && seal !== found))
    throw new StorageFault(storage.where(name), "other bytes than were put there");
  return JSON.parse(body) as Json;
}
