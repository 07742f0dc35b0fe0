import { dirname } from "node:path";
import { Dumps, openStorage } from "../lib/data/conductor/record-storage";
import type { StoragePlace } from "../lib/data/dump/bucket-spec";
import { FolderStorage } from "../lib/data/dump/folder-storage";
import type { DumpStorage } from "../lib/data/dump/storage";
import { Secrets } from "../lib/data/secrets";
import { Refusal } from "../lib/problem";
import { specOf } from "./data-spec";

/** How a bucket's objects are named. */
const bucketAddress = /^s3:\/\/([^/]+)\/(?:(.*)\/)?[^/]+$/;

/**
 * What a proof file lies in, beside its dump: a folder, or a stack's bucket.
 * @param proof path, or address in a bucket. Example: `s3://acme-releases/dumps/prod-v2.19.0-7/proof.json`.
 * @param environment whose stack file names the bucket and its key.
 * @throws Refusal when it lies in a bucket that is not that stack's.
 */
export function proofStorage(proof: string, environment: string | undefined): DumpStorage {
  const [, bucket, folder = ""] = bucketAddress.exec(proof) ?? [];
  if (bucket === undefined) return new FolderStorage(dirname(proof));
  const place =
    environment === undefined ? undefined : new Dumps(specOf(environment).dump, new Secrets()).place;
  if (place?.kind === "bucket" && place.bucket.name === bucket)
    return openStorage({ ...place, prefix: folder });
  throw new Refusal("proof", [
    {
      where: proof,
      found: placeInWords(place, environment),
      allowed: "a bucket that slipway:data.dump.bucket of a stack names, with its key",
      mend: "name the stack whose bucket it is: --bucket-of <environment>",
    },
  ]);
}

function placeInWords(place: StoragePlace | undefined, environment = ""): string {
  if (place === undefined) return "no stack that says how to reach it";
  const file = `Pulumi.${environment}.yaml`;
  return place.kind === "folder"
    ? `${file}, which names no bucket`
    : `${file}, whose bucket is ${place.bucket.name}`;
}
