import type { Digest } from "../release/references/digest";
import type { ImageReference } from "../release/references/image-reference";
import type { Finding } from "./finding";

/** What an image says of itself in its labels and its configuration. */
export interface ImageFacts {
  /** What the tag stands for now: an index or a manifest. */
  readonly digest: Digest;
  /** When the image was made, where it says so: ISO 8601. */
  readonly created?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Names and values that its processes start with, as baked in. Example: `BE_IMAGE_TAG` (F10). */
  readonly environment: Readonly<Record<string, string>>;
  /** Label `org.slipway.schema-version`: the schema that the code in the image is made for (N7). */
  readonly schemaVersion: string | undefined;
  /** Label `org.opencontainers.image.revision`: the commit that it was built from. */
  readonly revision: string | undefined;
  /** Label `org.opencontainers.image.version`. */
  readonly version: string | undefined;
}

/** A registry that speaks the OCI distribution API. Nothing here moves a tag that exists. */
export interface Registry {
  /** What the tag stands for now, or whether the digest is there; the digest where the reference has both and they agree. */
  digestOf(image: ImageReference): Promise<Finding<Digest>>;
  /** N8: the image is there whole: its manifest, and every layer that a node would pull. */
  imageExists(image: ImageReference): Promise<Finding<Digest>>;
  /** Labels and configuration of the image. */
  factsOf(image: ImageReference): Promise<Finding<ImageFacts>>;
  /** F25: the newest thing of this artifact type that was attached to the image; undefined where there is none. */
  attached(image: ImageReference, type: string): Promise<Finding<Uint8Array | undefined>>;
  /**
   * H7, H9: gives the digest a further tag, byte for byte the same manifest; does nothing where the tag stands for it already.
   * Contradicted where the new tag stands for another digest.
   */
  retag(image: ImageReference, tag: string): Promise<Finding<Digest>>;
}
