import type { CompletedPart } from "@aws-sdk/client-s3";
import type { Connected } from "./bucket-connection";
import type { OpenedBucket } from "./bucket-spec";

/** The least that a part of an object may have, but for the last, in bytes. */
const leastPart = 5 * 1024 * 1024;
/** What the bucket copies at a time, in bytes; 5 GiB is the most. */
const copied = 1024 * 1024 * 1024;

/** An object, and how large it is. */
export interface SizedObject {
  readonly key: string;
  readonly bytes: number;
}

/** Whether a bucket can join these by itself. */
export function canJoin(parts: readonly SizedObject[]): boolean {
  return parts.slice(0, -1).every(({ bytes }) => bytes >= leastPart) && (parts.at(-1)?.bytes ?? 0) > 0;
}

/** Makes one object of several within the bucket: no byte of them comes here. @throws what the bucket says; then nothing is left. */
export async function joinInBucket(
  { client, s3 }: Connected,
  { name: Bucket, encryption }: OpenedBucket,
  Key: string,
  parts: readonly SizedObject[],
): Promise<void> {
  const place = { Bucket, Key };
  const encrypted = encryption === undefined ? {} : { ServerSideEncryption: encryption };
  const { UploadId } = await client.send(new s3.CreateMultipartUploadCommand({ ...place, ...encrypted }));
  const made: CompletedPart[] = [];
  try {
    for (const { key, bytes } of parts) {
      const CopySource = `${Bucket}/${encodeURIComponent(key)}`;
      for (const { from, to } of stretches(bytes)) {
        const PartNumber = made.length + 1;
        const CopySourceRange = `bytes=${from}-${to - 1}`;
        const part = { ...place, UploadId, PartNumber, CopySource, CopySourceRange };
        const { CopyPartResult } = await client.send(new s3.UploadPartCopyCommand(part));
        if (CopyPartResult?.ETag === undefined) throw new Error(`no part of ${key} was made`);
        made.push({ PartNumber, ETag: CopyPartResult.ETag });
      }
    }
    const MultipartUpload = { Parts: made };
    await client.send(new s3.CompleteMultipartUploadCommand({ ...place, UploadId, MultipartUpload }));
  } catch (error) {
    await client.send(new s3.AbortMultipartUploadCommand({ ...place, UploadId }));
    throw error;
  }
}

/** What is copied at a time; none of them is shorter than the bucket takes. */
function stretches(bytes: number): readonly { readonly from: number; readonly to: number }[] {
  const count = Math.max(1, Math.floor(bytes / copied));
  return Array.from({ length: count }, (_, at) => ({
    from: at * copied,
    to: at === count - 1 ? bytes : (at + 1) * copied,
  }));
}
