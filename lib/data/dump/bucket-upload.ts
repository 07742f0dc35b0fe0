import type { CompletedPart } from "@aws-sdk/client-s3";
import type { Connected } from "./bucket-connection";
import type { OpenedBucket } from "./bucket-spec";
import type { StoringFile } from "./storage";

/** The first parts are this large, in bytes; 5 MiB is the least that a bucket takes, and 10,000 parts are the most. */
const firstParts = 8 * 1024 * 1024;
/** Parts grow by their first size every so many, so that an object of 4 TB still has few enough. */
const growEvery = 1000;
/** Buckets check what arrives by this. */
const ChecksumAlgorithm = "SHA256";

/** An object on its way into a bucket: parts as they come, visible when the last is there. */
export class BucketUpload implements StoringFile {
  #waiting: Buffer[] = [];
  #bytes = 0;
  #upload: string | undefined;
  readonly #parts: CompletedPart[] = [];

  constructor(
    private readonly connected: Connected,
    private readonly bucket: OpenedBucket,
    private readonly key: string,
  ) {}

  async write(bytes: Uint8Array): Promise<void> {
    // The caller may give its buffer away, and a part goes out only when it is full.
    this.#waiting.push(Buffer.from(bytes));
    this.#bytes += bytes.length;
    if (this.#bytes >= firstParts * (1 + Math.floor(this.#parts.length / growEvery))) await this.#sendPart();
  }

  async publish(): Promise<void> {
    const { client, s3 } = this.connected;
    if (this.#upload === undefined) {
      const Body = Buffer.concat(this.#waiting);
      await client.send(
        new s3.PutObjectCommand({ ...this.#place, ...this.#encryption, Body, ChecksumAlgorithm }),
      );
      return;
    }
    if (this.#bytes > 0) await this.#sendPart();
    const MultipartUpload = { Parts: this.#parts };
    await client.send(
      new s3.CompleteMultipartUploadCommand({ ...this.#place, UploadId: this.#upload, MultipartUpload }),
    );
  }

  async abandon(): Promise<void> {
    this.#waiting = [];
    if (this.#upload === undefined) return;
    const { client, s3 } = this.connected;
    await client.send(new s3.AbortMultipartUploadCommand({ ...this.#place, UploadId: this.#upload }));
  }

  async #sendPart(): Promise<void> {
    const { client, s3 } = this.connected;
    this.#upload ??= await this.#begin();
    const Body = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#bytes = 0;
    const PartNumber = this.#parts.length + 1;
    const UploadId = this.#upload;
    const sent = await client.send(
      new s3.UploadPartCommand({ ...this.#place, UploadId, PartNumber, Body, ChecksumAlgorithm }),
    );
    const { ETag, ChecksumSHA256 } = sent;
    this.#parts.push({
      PartNumber,
      ...(ETag !== undefined && { ETag }),
      ...(ChecksumSHA256 !== undefined && { ChecksumSHA256 }),
    });
  }

  async #begin(): Promise<string> {
    const { client, s3 } = this.connected;
    const begun = await client.send(
      new s3.CreateMultipartUploadCommand({ ...this.#place, ...this.#encryption, ChecksumAlgorithm }),
    );
    if (begun.UploadId === undefined) throw new Error(`no upload was begun for ${this.key}`);
    return begun.UploadId;
  }

  get #place(): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.bucket.name, Key: this.key };
  }

  get #encryption(): { readonly ServerSideEncryption?: "AES256" | "aws:kms" } {
    const { encryption } = this.bucket;
    return encryption === undefined ? {} : { ServerSideEncryption: encryption };
  }
}
