import type { Grade } from "../versions/environment-fit";
import { isMoving } from "../versions/moving-reference";

/** Why an image may not run in an environment. */
export type PinFault = "no digest" | "a moving tag";

/**
 * What is wrong with an image for an environment of this grade: staging and production run digests only, and production no tag
 * that is made to move, since people read the tag (rules N4, X1). Empty where nothing is.
 */
export function pinFaults(
  grade: Grade,
  { tag, digest }: { readonly tag: string | undefined; readonly digest: string | undefined },
): readonly PinFault[] {
  const faults: PinFault[] = [];
  if (grade !== "development" && digest === undefined) faults.push("no digest");
  if (grade === "production" && tag !== undefined && isMoving(tag)) faults.push("a moving tag");
  return faults;
}

/** Tag and digest of a reference as a pod spec has it. Example: `host:5000/org/name:v2.19.0@sha256:…`. */
export function tagAndDigest(reference: string): {
  readonly tag: string | undefined;
  readonly digest: string | undefined;
} {
  const [name = "", digest] = reference.split("@");
  // A colon before the last slash is a registry's port.
  const tag = /:([^:/]+)$/.exec(name)?.[1];
  return { tag, digest: digest !== undefined && /^sha256:[0-9a-f]{64}$/.test(digest) ? digest : undefined };
}

/** When a node asks the registry: always for a tag that is made to move, else only for what it has not yet; pulled is the digest (rule F22). */
export function pullPolicy(reference: string): "Always" | "IfNotPresent" {
  const { tag } = tagAndDigest(reference);
  return tag !== undefined && isMoving(tag) ? "Always" : "IfNotPresent";
}
