import { contentHash } from "../content-hash";
import type { ImageReference } from "../release/references/image-reference";
import { type Finding, found } from "./finding";
import { answered, confused, registryEvidence } from "./oci-answer";
import type { OciSession } from "./oci-session";

/** Puts blobs into a repository; what is there already is not sent again. */
export class OciWriter {
  constructor(private readonly session: OciSession) {}

  /** Makes a layer of another repository of the same registry this one's too; no byte of it travels. */
  async mount(target: ImageReference, from: ImageReference, digest: string): Promise<Finding<undefined>> {
    if (await this.has(target, digest)) return done(target, digest);
    const query = new URLSearchParams({ mount: digest, from: from.repository.path });
    const request = { method: "POST", path: `blobs/uploads/?${query.toString()}` } as const;
    const answer = answered(
      target,
      await this.session.ask(target.repository, request),
      `new tag: layer ${digest}`,
    );
    if ("finding" in answer) return answer;
    // 202 instead: the registry wants the bytes, as it does not know the layer where we said.
    return answer.status === 201
      ? done(target, digest)
      : confused(target, `no layer ${digest} of ${from.repository.path} to take over`);
  }

  /** Uploads bytes. */
  async upload(target: ImageReference, bytes: Uint8Array): Promise<Finding<undefined>> {
    const digest = contentHash(bytes);
    if (await this.has(target, digest)) return done(target, digest);
    const { repository } = target;
    const begun = answered(
      target,
      await this.session.ask(repository, { method: "POST", path: "blobs/uploads/" }),
      "new tag: an upload",
    );
    if ("finding" in begun) return begun;
    const place = this.placeOf(target, begun.headers.get("location"));
    if (place === undefined) return confused(target, "no place for an upload");
    const sent = answered(
      target,
      await this.session.ask(repository, {
        method: "PUT",
        path: `${place}${place.includes("?") ? "&" : "?"}digest=${encodeURIComponent(digest)}`,
        headers: { "content-type": "application/octet-stream" },
        body: bytes,
      }),
      `new tag: ${digest}`,
    );
    return "finding" in sent ? sent : done(target, digest);
  }

  private async has(target: ImageReference, digest: string): Promise<boolean> {
    const asked = await this.session.ask(target.repository, { method: "HEAD", path: `blobs/${digest}` });
    return asked.ended === "answer" && asked.status === 200;
  }

  /** Where an upload goes on, below the repository; never on another server. */
  private placeOf({ repository }: ImageReference, location: string | null): string | undefined {
    if (location === null) return undefined;
    const base = `https://${repository.host}`;
    const place = new URL(location, base);
    const below = `/v2/${repository.path}/`;
    if (place.host !== new URL(base).host || !place.pathname.startsWith(below)) return undefined;
    return `${place.pathname.slice(below.length)}${place.search}`;
  }
}

function done(target: ImageReference, digest: string): Finding<undefined> {
  return found(undefined, registryEvidence(target, `${digest} is there`));
}
