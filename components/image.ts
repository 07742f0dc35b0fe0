import type * as pulumi from "@pulumi/pulumi";
import type { ImageConfig } from "../lib/config/images";
import { ImageBuild } from "./image-build";
import { PinnedImage } from "./pinned-image";

/** An image of the release, however it came about. */
export interface ReleaseImage extends pulumi.Resource {
  /** `repository:tag@digest`, as a pod spec takes it. */
  readonly reference: pulumi.Output<string>;
  readonly digest: pulumi.Output<string>;
}

/** The pin of the stack file, or its build where the stack builds. */
export function image(name: string, config: ImageConfig): ReleaseImage {
  const { repository, tag, digest, build } = config;
  if (build) return new ImageBuild(name, { repository, tag, ...build });
  if (digest === undefined) throw new Error(`image "${name}" has neither digest nor build`);
  return new PinnedImage(name, { repository, tag, digest });
}

/** The image that a service runs; the stack's config was checked, so it is there. */
export function imageOf(
  images: Readonly<Record<string, ReleaseImage>>,
  service: { readonly image: string },
): ReleaseImage {
  const found = images[service.image];
  if (found === undefined) throw new Error(`no image "${service.image}"`);
  return found;
}
