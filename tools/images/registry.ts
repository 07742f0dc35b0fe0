import { Refusal } from "../../lib/problem";
import { digestOf, type Blob, type Image } from "./image";

const manifestTypes =
  "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json";

/** The OCI registry of the embedded environment, which listens on loopback only and so speaks plain HTTP. */
export class LoopbackRegistry {
  /**
   * @param address host and port. Example: `127.0.0.1:41231`.
   * @throws Refusal for an address that other machines could reach.
   */
  constructor(private readonly address: string) {
    if (/^(127\.\d+\.\d+\.\d+|localhost|\[::1\]):\d+$/.test(address)) return;
    const mend = "use the registry that environment.json names, or push there by a client of your own";
    throw new Refusal("images", [
      { where: "the registry", found: address, allowed: "a loopback address with its port", mend },
    ]);
  }

  /**
   * Pushes an image under a tag. What is there already is not sent again; pushing twice is the same as once.
   * @returns the digest that the registry answered.
   * @throws Refusal when the registry takes a part of it not, or answers another digest than the image's.
   */
  async push(repository: string, tag: string, image: Image): Promise<string> {
    for (const blob of [...image.layers, image.config]) await this.pushBlob(repository, blob);
    const where = `${repository}/manifests/${encodeURIComponent(tag)}`;
    const answer = await this.ask("PUT", where, [201], image.manifest);
    const digest = answer.headers.get("docker-content-digest") ?? "none";
    if (digest === image.manifest.digest) return digest;
    throw this.refusal(where, `digest ${digest}`, image.manifest.digest);
  }

  /**
   * Digest of a tag, or of a digest that is there; undefined when the registry has none.
   * The manifest's bytes are hashed here: an answer is believed only when it is what it says.
   */
  async digest(repository: string, reference: string): Promise<string | undefined> {
    const where = `${repository}/manifests/${encodeURIComponent(reference)}`;
    const answer = await this.ask("GET", where, [200, 404]);
    if (answer.status === 404) return undefined;
    const digest = digestOf(Buffer.from(await answer.arrayBuffer()));
    const named = answer.headers.get("docker-content-digest");
    if (named !== null && named !== digest) throw this.refusal(where, `digest ${named}`, digest);
    return digest;
  }

  /** The bytes of a blob or, with `manifests`, of a manifest. */
  async pull(repository: string, kind: "blobs" | "manifests", digest: string): Promise<Buffer> {
    const answer = await this.ask("GET", `${repository}/${kind}/${digest}`, [200]);
    return Buffer.from(await answer.arrayBuffer());
  }

  /** Removes an image, so that nobody can pull it any more; one that is not there stays away. */
  async delete(repository: string, digest: string): Promise<void> {
    await this.ask("DELETE", `${repository}/manifests/${digest}`, [202, 404]);
  }

  private async pushBlob(repository: string, blob: Blob): Promise<void> {
    const there = await this.ask("HEAD", `${repository}/blobs/${blob.digest}`, [200, 404]);
    if (there.status === 200) return;
    const opened = await this.ask("POST", `${repository}/blobs/uploads/`, [202]);
    const place = new URL(opened.headers.get("location") ?? "", `http://${this.address}`);
    place.searchParams.set("digest", blob.digest);
    // The upload goes on where the registry says, but never to another machine.
    await this.ask("PUT", `${place.pathname.replace(/^\/v2\//, "")}${place.search}`, [201], {
      ...blob,
      mediaType: "application/octet-stream",
    });
  }

  private async ask(
    method: string,
    path: string,
    allowed: readonly number[],
    body?: Pick<Blob, "mediaType" | "bytes">,
  ): Promise<Response> {
    const headers = new Headers(
      body === undefined ? { accept: manifestTypes } : { "content-type": body.mediaType },
    );
    const answer = await fetch(`http://${this.address}/v2/${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: new Uint8Array(body.bytes) }),
      signal: AbortSignal.timeout(60_000),
    }).catch((error: unknown) => {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      throw this.refusal(path, cause instanceof Error ? cause.message : "no answer", "an answer");
    });
    if (allowed.includes(answer.status)) return answer;
    const text = (await answer.text()).slice(0, 300);
    throw this.refusal(path, `${method} answered ${answer.status} ${text}`, `status ${allowed.join(" or ")}`);
  }

  private refusal(path: string, found: string, allowed: string): Refusal {
    const mend = 'see that the environment is up: "npm run environment -- status"';
    return new Refusal("images", [{ where: `registry ${this.address}, ${path}`, found, allowed, mend }]);
  }
}

/**
 * Takes an image out of the embedded registry, as if somebody had cleaned up too much (rule N8).
 * @param image repository with the registry's address, and digest. Example: `127.0.0.1:41231/nmdc-runtime-fastapi`.
 */
export async function removeImage(
  registry: string,
  image: { readonly repository: string; readonly digest: string },
): Promise<void> {
  const name = image.repository.slice(image.repository.indexOf("/") + 1);
  await new LoopbackRegistry(registry).delete(name, image.digest);
}
