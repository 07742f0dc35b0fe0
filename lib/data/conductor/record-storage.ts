import type { StoragePlace } from "../dump/bucket-spec";
import { BucketStorage } from "../dump/bucket-storage";
import { FolderStorage } from "../dump/folder-storage";
import type { DumpStorage } from "../dump/storage";
import type { RecordLog } from "../journal/record-log";
import type { DumpSpec } from "../protocol";
import type { Secrets } from "../secrets";

/** Where a release's dumps stay, as the config names it. Its secrets are read, and a bucket is connected to, when it is first used. */
export class Dumps {
  #place: StoragePlace | undefined;
  #storage: DumpStorage | undefined;

  constructor(
    private readonly spec: DumpSpec,
    private readonly secrets: Secrets,
  ) {}

  /** As another process may be told; it may hold secrets. @throws Refusal when the bucket's key is not set. */
  get place(): StoragePlace {
    return (this.#place ??= placeOf(this.spec, this.secrets));
  }

  /** @throws Refusal when the bucket's key is not set. */
  get storage(): DumpStorage {
    return (this.#storage ??= openStorage(this.place));
  }
}

function placeOf({ keep, bucket }: DumpSpec, secrets: Secrets): StoragePlace {
  if (!bucket) return { kind: "folder", folder: keep };
  const at = "slipway:data.dump.bucket";
  const [keyId, key] = [secrets.text(bucket.keyId, `${at}.keyId`), secrets.text(bucket.key, `${at}.key`)];
  return { kind: "bucket", prefix: keep, bucket: { ...bucket, keyId, key } };
}

/** A storage by its place; each call opens a bucket anew. */
export function openStorage(place: StoragePlace): DumpStorage {
  return place.kind === "folder"
    ? new FolderStorage(place.folder)
    : BucketStorage.open(place.bucket, place.prefix);
}

/** Where a record leaves its dump, its reports and its proof. */
export function recordStorage({ dumps }: { readonly dumps: Dumps }, log: RecordLog): DumpStorage {
  return dumps.storage.within(log.record);
}
