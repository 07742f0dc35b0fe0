import { z } from "zod";
import type { BucketSpec } from "../data/dump/bucket-spec";
import { secretSchema } from "./secrets";
import { secretSource } from "./store-spec";

export const bucketSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "the name of a bucket")
      .describe("Example: acme-releases"),
    region: z.string().min(1).default("us-east-1").describe("Example: eu-central-1"),
    endpoint: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe("Address of a server that is not Amazon's. Example: https://minio.acme.example"),
    keyId: secretSchema.describe("Id of the key that may read, write, list and delete below `dump.keep`."),
    key: secretSchema.describe("The key itself."),
    encryption: z
      .enum(["AES256", "aws:kms"])
      .optional()
      .describe("What the server encrypts with. Default: whatever the bucket does by itself."),
  })
  .describe("An S3-compatible bucket, instead of a folder; `keep` begins the names in it.");

/** The bucket as the engine is told of it; names of secrets, no values. */
export function bucketSpec({ keyId, key, ...rest }: z.infer<typeof bucketSchema>): BucketSpec {
  return { ...rest, keyId: secretSource(keyId), key: secretSource(key) };
}
