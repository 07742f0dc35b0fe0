import type { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { Refusal } from "../../problem";
import type { OpenedBucket } from "./bucket-spec";
import { canJoin, joinInBucket } from "./bucket-join";
import { bucketAttempts, BucketConnection } from "./bucket-connection";
import { BucketUpload } from "./bucket-upload";
import type { DumpStorage, StoringFile } from "./storage";

/** Before a read that broke off is taken up again, in milliseconds; twice as long each time. */
const firstPause = 200;
/** Chunks are gathered up to this, in bytes. */
const readBytes = 1024 * 1024;

/** A place in an S3-compatible bucket. */
export class BucketStorage implements DumpStorage {
  private constructor(
    private readonly connection: BucketConnection,
    /** Ends with `/`. */
    private readonly prefix: string,
  ) {}

  static open(bucket: OpenedBucket, prefix: string): BucketStorage {
    return new BucketStorage(new BucketConnection(bucket), prefix.endsWith("/") ? prefix : `${prefix}/`);
  }

  get #bucket(): string {
    return this.connection.bucket.name;
  }

  where(name = ""): string {
    return `s3://${this.#bucket}/${this.prefix}${name}`;
  }

  within(name: string): BucketStorage {
    return new BucketStorage(this.connection, `${this.prefix}${name}/`);
  }

  async put(name: string): Promise<StoringFile> {
    return new BucketUpload(await this.connection.connected, this.connection.bucket, `${this.prefix}${name}`);
  }

  localFolder(): Promise<string> {
    return Promise.reject(
      new Error("tools that write files by themselves need a folder: see slipway:data.dump"),
    );
  }

  publishFolder(): Promise<void> {
    return this.localFolder().then(() => undefined);
  }

  async join(name: string, parts: readonly string[]): Promise<void> {
    const sizes = await this.list();
    const objects = parts.map((part) => ({
      key: `${this.prefix}${part}`,
      bytes: sizes.get(part)?.bytes ?? 0,
    }));
    const filled = objects.filter(({ bytes }) => bytes > 0);
    if (canJoin(filled)) {
      const connected = await this.connection.connected;
      await joinInBucket(connected, this.connection.bucket, `${this.prefix}${name}`, filled);
    } else await this.#joinHere(name, parts);
    await this.#delete(objects.map(({ key }) => key));
  }

  /** What is too small for the bucket's own way. */
  async #joinHere(name: string, parts: readonly string[]): Promise<void> {
    const file = await this.put(name);
    try {
      for (const part of parts) for await (const chunk of this.get(part)) await file.write(chunk);
    } catch (error) {
      await file.abandon();
      throw error;
    }
    await file.publish();
  }

  async *get(
    name: string,
    part: { readonly offset: number; readonly bytes: number } = { offset: 0, bytes: Infinity },
  ): AsyncGenerator<Uint8Array> {
    const { client, s3 } = await this.connection.connected;
    let done = 0;
    for (let failed = 0; ;) {
      const from = part.offset + done;
      const last = part.bytes === Infinity ? "" : String(part.offset + part.bytes - 1);
      const Range = from === 0 && last === "" ? undefined : `bytes=${from}-${last}`;
      try {
        const { Body, ContentLength } = await client.send(
          new s3.GetObjectCommand({
            Bucket: this.#bucket,
            Key: `${this.prefix}${name}`,
            ...(Range !== undefined && { Range }),
          }),
        );
        const wanted = done + (ContentLength ?? 0);
        for await (const chunk of gathered(Body as Readable)) {
          done += chunk.length;
          yield chunk;
        }
        if (done >= wanted) return;
        throw new Error(`${this.where(name)} ended after ${done} of ${wanted} bytes`);
      } catch (error) {
        // What was read stays read: the rest is asked for.
        if (!isPassing(error) || ++failed >= bucketAttempts) throw error;
        await pause(firstPause * 2 ** failed);
      }
    }
  }

  async list(): Promise<ReadonlyMap<string, { readonly bytes: number }>> {
    const { client, s3 } = await this.connection.connected;
    const found = new Map<string, { readonly bytes: number }>();
    let ContinuationToken: string | undefined;
    do {
      const page = await client.send(
        new s3.ListObjectsV2Command({
          Bucket: this.#bucket,
          Prefix: this.prefix,
          ...(ContinuationToken !== undefined && { ContinuationToken }),
        }),
      );
      for (const { Key = "", Size = 0 } of page.Contents ?? [])
        found.set(Key.slice(this.prefix.length), { bytes: Size });
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return found;
  }

  async remove(name?: string): Promise<void> {
    const all = [...(await this.list()).keys()];
    const names = name === undefined ? all : all.filter((one) => one === name || one.startsWith(`${name}/`));
    await this.#delete(names.map((one) => `${this.prefix}${one}`));
    await this.#abandonUploads(`${this.prefix}${name ?? ""}`);
  }

  async #delete(keys: readonly string[]): Promise<void> {
    const { client, s3 } = await this.connection.connected;
    const atOnce = 1000;
    for (let from = 0; from < keys.length; from += atOnce) {
      const Objects = keys.slice(from, from + atOnce).map((Key) => ({ Key }));
      const { Errors: [error] = [] } = await client.send(
        new s3.DeleteObjectsCommand({ Bucket: this.#bucket, Delete: { Objects, Quiet: true } }),
      );
      if (error) throw cannotRemove(this.where(error.Key), error.Message ?? "an error");
    }
  }

  /** Uploads that nobody ended cost as much as objects, and no list of objects shows them. */
  async #abandonUploads(Prefix: string): Promise<void> {
    const { client, s3 } = await this.connection.connected;
    const Bucket = this.#bucket;
    const { Uploads = [] } = await client.send(new s3.ListMultipartUploadsCommand({ Bucket, Prefix }));
    for (const { Key, UploadId } of Uploads) {
      if (Key?.startsWith(Prefix) === true && UploadId !== undefined)
        await client.send(new s3.AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    }
  }
}

async function* gathered(body: Readable): AsyncGenerator<Uint8Array> {
  let parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    parts.push(chunk);
    bytes += chunk.length;
    if (bytes < readBytes) continue;
    yield Buffer.concat(parts);
    parts = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(parts);
}

/** Whether a read may go better another time: the bucket's own answers (no such object, no right) don't change. */
function isPassing(error: unknown): boolean {
  const status = (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata
    ?.httpStatusCode;
  return status === undefined || status >= 500;
}

function cannotRemove(where: string, found: string): Refusal {
  return new Refusal("dump", [
    {
      where,
      found,
      allowed: "objects that the release may delete",
      mend: "the rights of slipway:data.dump.bucket's key",
    },
  ]);
}
