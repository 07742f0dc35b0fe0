import type { SecretSource } from "../store-spec";

/** An S3-compatible bucket; how long what lies in it is kept besides is the bucket's own lifecycle. */
export interface BucketSpec {
  /** Example: `acme-releases`. */
  readonly name: string;
  /** Example: `eu-central-1`. */
  readonly region: string;
  /** Address of a server that is not Amazon's. Example: `https://minio.acme.example`. */
  readonly endpoint?: string | undefined;
  readonly keyId: SecretSource;
  readonly key: SecretSource;
  /** What the server encrypts objects with; absent: whatever the bucket does by itself. */
  readonly encryption?: "AES256" | "aws:kms" | undefined;
}

/** A bucket with its credentials: travels only where secrets do. */
export type OpenedBucket = Omit<BucketSpec, "keyId" | "key"> & {
  readonly keyId: string;
  readonly key: string;
};

/** Where a storage is, as another process may be told. */
export type StoragePlace =
  | { readonly kind: "folder"; readonly folder: string }
  | { readonly kind: "bucket"; readonly prefix: string; readonly bucket: OpenedBucket };
