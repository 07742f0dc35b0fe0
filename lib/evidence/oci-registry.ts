import type { Digest } from "../release/references/digest";
import { ImageReference } from "../release/references/image-reference";
import { quoted } from "../release/references/quoted";
import { andThen, contradicted, type Finding, found } from "./finding";
import { confused, registryEvidence } from "./oci-answer";
import { attachedTo } from "./oci-attached";
import type { Manifest } from "./oci-manifest";
import { OciSession } from "./oci-session";
import { OciStore, type Stored } from "./oci-store";
import type { ImageFacts, Registry } from "./registry";
import { type CredentialSource, dockerCredentials } from "./registry-credentials";

/** Any registry with the OCI distribution API: Docker Hub, GHCR, Quay, the embedded one on this machine. */
export class OciRegistry implements Registry {
  private readonly session: OciSession;
  private readonly store: OciStore;

  /** @param seconds time limit of one exchange. */
  constructor(credentials: CredentialSource = dockerCredentials(), seconds = 20) {
    this.session = new OciSession(credentials, seconds);
    this.store = new OciStore(this.session);
  }

  async digestOf(image: ImageReference): Promise<Finding<Digest>> {
    const asked = image.tag ?? image.manifest;
    return andThen(await this.store.head(image, asked), (current) =>
      Promise.resolve(agreed(image, asked, current)),
    );
  }

  async imageExists(image: ImageReference): Promise<Finding<Digest>> {
    return andThen(await this.store.manifest(image, image.manifest), async ({ manifest, digest }) => {
      const children =
        manifest.kind === "index" ? manifest.images.map((one) => one.digest) : [digest.toString()];
      for (const child of children) {
        const one = await this.store.manifest(image, child);
        if (one.finding !== "found") return one;
        if (one.value.manifest.kind !== "image") return confused(image, "an index within an index");
        const missing = await this.store.missing(image, one.value.manifest.blobs);
        if (missing !== undefined) return missing;
      }
      return found(
        digest,
        registryEvidence(image, `${image.toString()} is there, whole, as ${digest.toString()}`),
      );
    });
  }

  async factsOf(image: ImageReference): Promise<Finding<ImageFacts>> {
    return andThen(await this.store.manifest(image, image.manifest), async (stored) =>
      andThen(await this.onePlatform(image, stored), async (one) => {
        if (one.manifest.kind !== "image") return confused(image, "an index within an index");
        return andThen(await this.store.config(image, one.manifest.config), (config) => {
          const label = (name: string): string | undefined => config.labels[name];
          const facts: ImageFacts = {
            ...config,
            digest: stored.digest,
            schemaVersion: label("org.slipway.schema-version"),
            revision: label("org.opencontainers.image.revision"),
            version: label("org.opencontainers.image.version"),
          };
          return Promise.resolve(found(facts, registryEvidence(image, `labels of ${image.toString()}`)));
        });
      }),
    );
  }

  async attached(image: ImageReference, type: string): Promise<Finding<Uint8Array | undefined>> {
    return andThen(await this.digestOf(image), (subject) => attachedTo(this.session, image, subject, type));
  }

  async retag(image: ImageReference, tag: string): Promise<Finding<Digest>> {
    const target = ImageReference.of({ repository: image.repository.toString(), tag }, "new tag");
    return andThen(await this.store.manifest(image, image.manifest), async (stored) =>
      andThen(await this.store.head(target, tag), async (before) => {
        if (before !== undefined) return kept(target, tag, stored, before);
        return andThen(await this.store.put(target, tag, stored), async () =>
          andThen(await this.store.head(target, tag), (after) =>
            Promise.resolve(kept(target, tag, stored, after)),
          ),
        );
      }),
    );
  }

  /** The image that a node of the usual platform would run; its labels are those of all platforms in practice. */
  private onePlatform(image: ImageReference, stored: Stored): Promise<Finding<Stored>> {
    if (stored.manifest.kind === "image")
      return Promise.resolve(found(stored, registryEvidence(image, "manifest")));
    const one = usual(stored.manifest);
    if (one === undefined) return Promise.resolve(confused(image, "an index without images"));
    return this.store.manifest(image, one);
  }
}

function usual({ images }: Manifest & { kind: "index" }): string | undefined {
  return (images.find(({ platform }) => platform === "linux/amd64") ?? images[0])?.digest;
}

/** The tag's digest, when it is the pinned one. */
function agreed(image: ImageReference, asked: string, current: Digest | undefined): Finding<Digest> {
  const repository = image.repository.toString();
  if (current !== undefined && (image.digest === undefined || image.digest.equals(current))) {
    return found(current, registryEvidence(image, `${asked} is ${current.toString()}`));
  }
  const says =
    current === undefined ? `no ${quoted(asked)}` : `${quoted(asked)} stands for ${current.toString()}`;
  const allowed =
    image.digest === undefined ? "a tag or digest that is there" : `${image.digest.toString()}, as pinned`;
  const mend =
    current === undefined
      ? "build and push it, or correct the tag"
      : "find out who pushed the tag again; pin what was verified";
  return contradicted({ where: repository, found: says, allowed, mend }, registryEvidence(image, says));
}

/** A tag that stands for the wanted digest, byte for byte. */
function kept(
  target: ImageReference,
  tag: string,
  { digest }: Stored,
  there: Digest | undefined,
): Finding<Digest> {
  const says = there === undefined ? `no tag ${tag} after it was set` : `tag ${tag} is ${there.toString()}`;
  if (there !== undefined && there.equals(digest)) return found(there, registryEvidence(target, says));
  const problem = {
    where: target.repository.toString(),
    found: says,
    allowed: `${digest.toString()}, or no such tag yet`,
  };
  return contradicted(
    { ...problem, mend: "choose another tag: one that exists is never moved" },
    registryEvidence(target, says),
  );
}
