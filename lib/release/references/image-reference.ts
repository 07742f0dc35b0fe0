import { Refusal } from "../../problem";
import { Digest } from "./digest";
import { ImageRepository } from "./image-repository";
import { quoted } from "./quoted";

const tagForm = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
// Repository 255, tag 128, digest 71 and the two signs between them.
const longest = 460;

/** An image by repository and tag, by repository and digest, or by all three: `repository:tag@sha256:…`, which is a pin (rule N4). */
export class ImageReference {
  private constructor(
    readonly repository: ImageRepository,
    readonly tag: string | undefined,
    readonly digest: Digest | undefined,
  ) {}

  /**
   * Reads `[host[:port]/]path[:tag][@sha256:…]`. A missing tag stays missing: it never becomes `latest`.
   * @throws Refusal that says which part is wrong.
   */
  static parse(text: string, where = "image"): ImageReference {
    if (text.length > longest) throw refusal(where, text, `at most ${longest} characters`);
    const [named = "", digest, ...more] = text.split("@");
    if (more.length > 0) throw refusal(where, text, "one `@`, before the digest");
    // A colon before the last slash belongs to the host's port.
    const colon = named.indexOf(":", named.lastIndexOf("/") + 1);
    const repository = colon === -1 ? named : named.slice(0, colon);
    return ImageReference.of(
      { repository, tag: colon === -1 ? undefined : named.slice(colon + 1), digest },
      where,
    );
  }

  /** Puts a reference together from its parts, each judged as `parse` does. @throws Refusal */
  static of(
    parts: { repository: string; tag?: string | undefined; digest?: string | undefined },
    where = "image",
  ): ImageReference {
    const repository = ImageRepository.parse(parts.repository, where);
    if (parts.tag !== undefined && !tagForm.test(parts.tag)) {
      throw refusal(
        where,
        parts.tag,
        "a tag of 1 to 128 letters, digits, `_`, `.` or `-`, that starts with none of the last two",
      );
    }
    return new ImageReference(
      repository,
      parts.tag,
      parts.digest === undefined ? undefined : Digest.parse(parts.digest, where),
    );
  }

  /** The same image, pinned to what its tag was resolved to. */
  withDigest(digest: Digest): ImageReference {
    return new ImageReference(this.repository, this.tag, digest);
  }

  withTag(tag: string): ImageReference {
    return ImageReference.of({
      repository: this.repository.toString(),
      tag,
      digest: this.digest?.toString(),
    });
  }

  /** What a registry's manifest address takes: the digest where there is one, else the tag. @throws Refusal when it has neither. */
  get manifest(): string {
    const manifest = this.digest?.toString() ?? this.tag;
    if (manifest === undefined) throw refusal("image", this.toString(), "a tag or a digest");
    return manifest;
  }

  equals(other: ImageReference): boolean {
    return this.toString() === other.toString();
  }

  toString(): string {
    const tag = this.tag === undefined ? "" : `:${this.tag}`;
    const digest = this.digest === undefined ? "" : `@${this.digest.toString()}`;
    return `${this.repository.toString()}${tag}${digest}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

function refusal(where: string, found: string, allowed: string): Refusal {
  return new Refusal("image reference", [
    { where, found: quoted(found), allowed, mend: "write `repository:tag@sha256:…` as the registry has it" },
  ]);
}
