import type { StoragePlace } from "../dump/bucket-spec";
import { BucketStorage } from "../dump/bucket-storage";
import { FolderStorage } from "../dump/folder-storage";
import type { DumpStorage } from "../dump/storage";
import type { RecordLog } from "../journal/record-log";
import type { ReleaseSpec } from "../protocol";
import type { Secrets } from "../secrets";

interface Keeping {
  readonly spec: Pick<ReleaseSpec, "dump">;
  readonly secrets: Secrets;
}

/** Where dumps stay, as another process may be told; it may hold secrets. */
export function storagePlace({ spec: { dump }, secrets }: Keeping): StoragePlace {
  const { keep, bucket } = dump;
  if (!bucket) return { kind: "folder", folder: keep };
  const at = "slipway:data.dump.bucket";
  const [keyId, key] = [secrets.text(bucket.keyId, `${at}.keyId`), secrets.text(bucket.key, `${at}.key`)];
  return { kind: "bucket", prefix: keep, bucket: { ...bucket, keyId, key } };
}

export function openStorage(place: StoragePlace): DumpStorage {
  return place.kind === "folder"
    ? new FolderStorage(place.folder)
    : BucketStorage.open(place.bucket, place.prefix);
}

/** Where dumps stay, as the config names it. */
export function dumpStorage(keeping: Keeping): DumpStorage {
  return openStorage(storagePlace(keeping));
}

/** Where a record leaves its dump, its reports and its proof. */
export function recordStorage(keeping: Keeping, log: RecordLog): DumpStorage {
  return dumpStorage(keeping).within(log.record);
}
