import { contentHash } from "../content-hash";
import { Digest } from "../release/references/digest";
import type { ImageReference } from "../release/references/image-reference";
import { quoted } from "../release/references/quoted";
import { andThen, type Finding, found } from "./finding";
import { answered, confused, registryEvidence } from "./oci-answer";
import {
  type ImageConfig,
  type Manifest,
  manifestTypes,
  readImageConfig,
  readManifest,
} from "./oci-manifest";
import type { OciSession } from "./oci-session";

const accept = { accept: manifestTypes.join(", ") };
const atOnce = 4;

/** A manifest, byte for byte as the registry has it. */
export interface Stored {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly manifest: Manifest;
}

/** What lies in a registry, every byte of it held against its digest. */
export class OciStore {
  constructor(private readonly session: OciSession) {}

  /** What the tag or digest `asked` stands for; undefined where there is none. */
  async head(image: ImageReference, asked: string): Promise<Finding<Digest | undefined>> {
    const path = `manifests/${asked}`;
    const outcome = await this.session.ask(image.repository, { method: "HEAD", path, headers: accept });
    if (outcome.ended === "answer" && outcome.status === 404) {
      return found(undefined, registryEvidence(image, `no manifest ${asked}`));
    }
    const answer = answered(image, outcome, `manifest ${asked}`);
    if ("finding" in answer) return answer;
    const named = answer.headers.get("docker-content-digest");
    // The header is optional in the specification: without it the bytes tell.
    if (named === null)
      return andThen(await this.manifest(image, asked), ({ digest }) =>
        Promise.resolve(known(image, asked, digest)),
      );
    return Digest.is(named)
      ? known(image, asked, Digest.parse(named))
      : confused(image, `the digest ${quoted(named)}`);
  }

  async manifest(image: ImageReference, asked: string): Promise<Finding<Stored>> {
    const path = `manifests/${asked}`;
    const outcome = await this.session.ask(image.repository, { method: "GET", path, headers: accept });
    const answer = answered(image, outcome, `manifest ${asked}`);
    if ("finding" in answer) return answer;
    const digest = Digest.parse(contentHash(answer.body));
    const own = digest.toString();
    const named = answer.headers.get("docker-content-digest") ?? own;
    if (named !== own || (Digest.is(asked) && asked !== own))
      return confused(image, `bytes of ${own} under another digest`);
    const manifest = readManifest(answer.body);
    if (manifest === undefined) return confused(image, "something that is no image manifest");
    const mediaType = answer.headers.get("content-type") ?? manifestTypes[2];
    return found(
      { digest, mediaType, bytes: answer.body, manifest },
      registryEvidence(image, `manifest ${asked}`),
    );
  }

  /** Sets a tag to a manifest. Whether the tag may be set is the caller's to know. */
  async put(target: ImageReference, tag: string, { mediaType, bytes }: Stored): Promise<Finding<undefined>> {
    const request = {
      method: "PUT",
      path: `manifests/${tag}`,
      headers: { "content-type": mediaType },
      body: bytes,
    } as const;
    const answer = answered(target, await this.session.ask(target.repository, request), `new tag ${tag}`);
    return "finding" in answer ? answer : found(undefined, registryEvidence(target, `new tag ${tag}`));
  }

  async config(image: ImageReference, digest: string): Promise<Finding<ImageConfig>> {
    const outcome = await this.session.ask(image.repository, { method: "GET", path: `blobs/${digest}` });
    const answer = answered(image, outcome, `configuration ${digest}`);
    if ("finding" in answer) return answer;
    const config = contentHash(answer.body) === digest ? readImageConfig(answer.body) : undefined;
    if (config === undefined) return confused(image, "a configuration that is none");
    return found(config, registryEvidence(image, `configuration ${digest}`));
  }

  /** The first of the layers that is not there. */
  async missing(image: ImageReference, blobs: readonly string[]): Promise<Finding<never> | undefined> {
    for (let from = 0; from < blobs.length; from += atOnce) {
      const asked = blobs.slice(from, from + atOnce).map(async (blob) => {
        const outcome = await this.session.ask(image.repository, { method: "HEAD", path: `blobs/${blob}` });
        return answered(image, outcome, `layer ${blob}`);
      });
      const failure = (await Promise.all(asked)).find((answer) => "finding" in answer);
      if (failure !== undefined && "finding" in failure) return failure;
    }
    return undefined;
  }
}

function known(image: ImageReference, asked: string, digest: Digest): Finding<Digest> {
  return found(digest, registryEvidence(image, `${asked} is ${digest.toString()}`));
}
