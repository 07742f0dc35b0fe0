import { Refusal } from "../../problem";
import { quoted } from "./quoted";

const form = /^sha256:[0-9a-f]{64}$/;

/** Stands in a stack file until `slipway pin` or `slipway compose` has written a digest: no image has it (rule X1). */
export const unpinned = `sha256:${"0".repeat(64)}`;

/** The content address of an image, as a registry reports it: `sha256:` and 64 lower-case hex digits. Never moves (rules N4, X1). */
export class Digest {
  private constructor(
    /** The 64 hex digits alone. */
    readonly hex: string,
  ) {}

  /**
   * Reads a digest.
   * @param where names the place it was found in, for the message. Example: `slipway:images.fastapi.digest`.
   * @throws Refusal for anything but `sha256:` and 64 lower-case hex digits.
   */
  static parse(text: string, where = "digest"): Digest {
    if (!Digest.is(text)) {
      throw new Refusal("digest", [
        {
          where,
          found: quoted(text),
          allowed: "`sha256:` and 64 lower-case hex digits",
          mend: "write the digest that the registry has for the tag; `slipway check` prints it",
        },
      ]);
    }
    return new Digest(text.slice("sha256:".length));
  }

  /** Whether the text is a digest, where none is not yet an error. */
  static is(text: string): boolean {
    return form.test(text);
  }

  equals(other: Digest): boolean {
    return this.hex === other.hex;
  }

  /** The first 12 digits, for tables and messages. */
  get short(): string {
    return `sha256:${this.hex.slice(0, 12)}`;
  }

  toString(): string {
    return `sha256:${this.hex}`;
  }

  toJSON(): string {
    return this.toString();
  }
}
