import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { Refusal } from "../../problem";
import { freeRoom } from "./free-room";
import type { DumpStorage, StoringFile } from "./storage";

const readBytes = 4 * 1024 * 1024;
const copyBytes = 1024 * 1024;

/** What is being written: no name that anything reads. */
const unpublished = ".part";

/** A folder, or a volume that is mounted as one. */
export class FolderStorage implements DumpStorage {
  constructor(private readonly folder: string) {}

  where(name = ""): string {
    return join(this.folder, name);
  }

  within(name: string): FolderStorage {
    return new FolderStorage(this.where(name));
  }

  async put(name: string): Promise<StoringFile> {
    const path = this.where(name);
    await makeFolder(dirname(path));
    return FileInFolder.open(path);
  }

  async localFolder(name: string): Promise<string> {
    const path = this.where(name);
    await makeFolder(path);
    return path;
  }

  /** The files are in place already; tools do not all flush what they wrote. */
  async publishFolder(name: string): Promise<void> {
    const folder = this.within(name);
    for (const file of (await folder.list()).keys()) {
      const handle = await open(folder.where(file), "r");
      await handle.sync().finally(() => handle.close());
    }
  }

  /** The first becomes the file itself, so that a file of one part costs nothing. */
  async join(name: string, [first, ...others]: readonly string[]): Promise<void> {
    if (first === undefined) throw new Error(`${name} of no parts`);
    const file = await FileInFolder.from(this.where(first), this.where(name));
    try {
      await file.append(others.map((other) => this.where(other)));
    } catch (error) {
      await file.abandon();
      throw error;
    }
    await file.publish();
    for (const other of others) await this.remove(other);
  }

  async *get(
    name: string,
    part: { readonly offset: number; readonly bytes: number } = { offset: 0, bytes: Infinity },
  ): AsyncGenerator<Uint8Array> {
    const file = await open(this.where(name), "r");
    try {
      // Published files don't change: of a small one no large buffer needs to be had.
      const end = Math.min(part.offset + part.bytes, (await file.stat()).size);
      let at = part.offset;
      while (at < end) {
        const buffer = Buffer.allocUnsafeSlow(Math.min(readBytes, end - at));
        const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
        if (bytesRead === 0) return;
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  }

  async list(): Promise<ReadonlyMap<string, { readonly bytes: number }>> {
    const entries = await readdir(this.folder, { recursive: true, withFileTypes: true }).catch(noneThere);
    const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith(unpublished));
    const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
    const sized = paths.map(async (path): Promise<[string, { bytes: number }]> => {
      const name = relative(this.folder, path).split(sep).join("/");
      return [name, { bytes: (await stat(path)).size }];
    });
    return new Map(await Promise.all(sized));
  }

  room(): Promise<number> {
    return freeRoom(this.folder);
  }

  async remove(name = ""): Promise<void> {
    const path = this.where(name);
    await rm(path, { recursive: true, force: true }).catch((error: unknown) => {
      throw unusable(path, error);
    });
  }
}

/** Written aside, flushed, renamed. */
class FileInFolder implements StoringFile {
  private constructor(
    private readonly path: string,
    private readonly aside: string,
    private readonly file: FileHandle,
  ) {}

  static async open(path: string): Promise<FileInFolder> {
    const aside = asideOf(path);
    return new FileInFolder(path, aside, await open(aside, "w", 0o600));
  }

  /** Goes on with what a published file holds; that is no longer there. */
  static async from(published: string, path: string): Promise<FileInFolder> {
    const aside = asideOf(path);
    await makeFolder(dirname(path));
    await rename(published, aside);
    return new FileInFolder(path, aside, await open(aside, "a", 0o600));
  }

  async write(bytes: Uint8Array): Promise<void> {
    let at = 0;
    while (at < bytes.length) at += (await this.file.write(bytes, at)).bytesWritten;
  }

  /** Copies published files behind what was written, through one buffer however many and large they are. */
  async append(published: readonly string[]): Promise<void> {
    const buffer = Buffer.allocUnsafeSlow(copyBytes);
    for (const path of published) {
      const from = await open(path, "r");
      try {
        let read: number;
        while ((read = (await from.read(buffer, 0, buffer.length)).bytesRead) > 0)
          await this.write(buffer.subarray(0, read));
      } finally {
        await from.close();
      }
    }
  }

  async publish(): Promise<void> {
    await this.file.sync();
    await this.file.close();
    await rename(this.aside, this.path);
  }

  async abandon(): Promise<void> {
    await this.file.close().catch(() => undefined);
    await rm(this.aside, { force: true });
  }
}

/** A process that was paused and lost its release must not write into its successor's file; in containers all have one number. */
function asideOf(path: string): string {
  return `${path}.${process.pid}-${randomUUID().slice(0, 8)}${unpublished}`;
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw unusable(folder, error);
  });
}

function unusable(folder: string, error: unknown): Refusal {
  return new Refusal("dump", [
    {
      where: folder,
      found: error instanceof Error ? error.message : String(error),
      allowed: "a folder that can be written",
      mend: "make it one, or set slipway:data.dump.keep to another",
    },
  ]);
}

function noneThere(error: unknown): [] {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
  throw error;
}
