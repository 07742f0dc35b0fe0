import type { ComposedImage, Part } from "../release/composition/composed-image";
import { Digest } from "../release/references/digest";
import type { ImageReference } from "../release/references/image-reference";
import { isMoving } from "../release/versions/moving-reference";
import { andThen, contradicted, type Finding, found } from "./finding";
import { answered, confused, registryEvidence } from "./oci-answer";
import { readManifest } from "./oci-manifest";
import { OciSession } from "./oci-session";
import { OciStore, type Stored } from "./oci-store";
import { OciWriter } from "./oci-writer";
import { type CredentialSource, dockerCredentials } from "./registry-credentials";

/** Reads the parts of a composed image and pushes the whole, all in one registry. */
export class ImageAssembly {
  private readonly session: OciSession;
  private readonly store: OciStore;
  private readonly writer: OciWriter;

  constructor(credentials: CredentialSource = dockerCredentials(), seconds = 60) {
    this.session = new OciSession(credentials, seconds);
    this.store = new OciStore(this.session);
    this.writer = new OciWriter(this.session);
  }

  /** A part's manifest and configuration, for the usual platform, held against their digests. */
  async read(image: ImageReference): Promise<Finding<Part>> {
    return andThen(await this.store.manifest(image, image.manifest), async (stored) =>
      andThen(await this.onePlatform(image, stored), async ({ manifest, bytes }) => {
        if (manifest.kind !== "image") return confused(image, "an index within an index");
        const request = { method: "GET", path: `blobs/${manifest.config}` } as const;
        const answer = answered(image, await this.session.ask(image.repository, request), "configuration");
        if ("finding" in answer) return answer;
        return found({ manifest: bytes, config: answer.body }, registryEvidence(image, "manifest"));
      }),
    );
  }

  /** Pushes the image under its tag. A tag that stands for another image is left there, but for those that are made to move (rule F12). */
  async push(
    target: ImageReference,
    parts: readonly ImageReference[],
    image: ComposedImage,
  ): Promise<Finding<undefined>> {
    const tag = target.manifest;
    return andThen(await this.store.head(target, tag), async (there) => {
      const own = Digest.parse(image.digest);
      if (there?.equals(own) === true) return found(undefined, registryEvidence(target, "there already"));
      if (there !== undefined && !isMoving(tag)) return moved(target, there, own);
      for (const [index, layers] of image.layers.entries()) {
        const from = parts[index] ?? target;
        for (const layer of layers) {
          const mounted = await this.writer.mount(target, from, layer);
          if (mounted.finding !== "found") return mounted;
        }
      }
      return andThen(await this.writer.upload(target, image.config), () => this.put(target, tag, image));
    });
  }

  private put(target: ImageReference, tag: string, image: ComposedImage): Promise<Finding<undefined>> {
    const manifest = readManifest(image.manifest);
    if (manifest === undefined) throw new Error("a composed image has a manifest");
    const { mediaType, manifest: bytes, digest } = image;
    return this.store.put(target, tag, { digest: Digest.parse(digest), mediaType, bytes, manifest });
  }

  private onePlatform(image: ImageReference, stored: Stored): Promise<Finding<Stored>> {
    if (stored.manifest.kind === "image")
      return Promise.resolve(found(stored, registryEvidence(image, "manifest")));
    const { images } = stored.manifest;
    const one = images.find(({ platform }) => platform === "linux/amd64") ?? images[0];
    if (one === undefined) return Promise.resolve(confused(image, "an index without images"));
    return this.store.manifest(image, one.digest);
  }
}

function moved(target: ImageReference, there: Digest, own: Digest): Finding<never> {
  const says = `${target.toString()} is ${there.toString()}`;
  const problem = {
    where: target.toString(),
    found: there.toString(),
    allowed: `${own.toString()}, or no such tag yet`,
  };
  return contradicted(
    { ...problem, mend: "choose the next tag: one that exists is never moved" },
    registryEvidence(target, says),
  );
}
