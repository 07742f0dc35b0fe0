import type * as S3 from "@aws-sdk/client-s3";
import type { OpenedBucket } from "./bucket-spec";

/** How often a request, and a read that breaks off, is tried. */
export const bucketAttempts = 5;
/** Nothing for this long, in milliseconds, is a broken connection. */
const silence = 60_000;

/** The client's module, and a client of one bucket. */
export interface Connected {
  readonly s3: typeof S3;
  readonly client: S3.S3Client;
}

/** The way to one bucket; its client is loaded with the first question, and only by releases that have a bucket. */
export class BucketConnection {
  #connected: Promise<Connected> | undefined;

  constructor(readonly bucket: OpenedBucket) {}

  get connected(): Promise<Connected> {
    return (this.#connected ??= connect(this.bucket));
  }
}

async function connect({ region, endpoint, keyId, key }: OpenedBucket): Promise<Connected> {
  const s3 = await import("@aws-sdk/client-s3");
  const client = new s3.S3Client({
    region,
    // Servers that are not Amazon's have no name for each bucket.
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    credentials: { accessKeyId: keyId, secretAccessKey: key },
    maxAttempts: bucketAttempts,
    requestHandler: { requestTimeout: silence, connectionTimeout: 10_000 },
  });
  return { s3, client };
}
