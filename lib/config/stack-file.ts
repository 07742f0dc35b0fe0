import type { Document } from "yaml";
import { isMap, isScalar, parseDocument, stringify } from "yaml";
import type { Json } from "../content-hash";
import { Refusal } from "../problem";

/** A `Pulumi.<environment>.yaml` that can be edited: comments, order and everything unknown stay as they are. */
export class StackFile {
  private constructor(
    private text: string,
    private document: Document,
    /** The file's name, for messages. Example: `Pulumi.dev.yaml`. */
    readonly name: string,
  ) {}

  /** @throws Refusal when the text is no YAML, or has no `config`. */
  static parse(text: string, name: string): StackFile {
    const document = parseDocument(text);
    const broken = document.errors.map((error) => ({
      where: error.linePos ? `${name}, line ${error.linePos[0].line}` : name,
      found: error.message.split("\n")[0] ?? "",
      allowed: "YAML",
      mend: `edit ${name}`,
    }));
    if (broken.length > 0) throw new Refusal(name, broken);
    if (!isMap(document.get("config"))) {
      throw new Refusal(name, [
        { where: "config", found: "nothing", allowed: "a map of `slipway:` keys", mend: `edit ${name}` },
      ]);
    }
    return new StackFile(text, document, name);
  }

  /** The `slipway:` config by key, without the prefix; what is encrypted stays encrypted. */
  config(): Readonly<Record<string, unknown>> {
    const { config } = this.document.toJS() as { config: Record<string, unknown> };
    const own = Object.entries(config).filter(([key]) => key.startsWith("slipway:"));
    return Object.fromEntries(own.map(([key, value]) => [key.slice("slipway:".length), value]));
  }

  /**
   * Sets one value, leaving everything around it untouched.
   * @param path the config key and the way inside its value. Example: `["images", "fastapi", "digest"]`.
   */
  set([key, ...inside]: readonly [string, ...string[]], value: Json): void {
    const path = ["config", `slipway:${key}`, ...inside];
    const text = this.replaced(path, value);
    if (text !== undefined) {
      this.text = text;
      this.document = parseDocument(text);
      return;
    }
    this.document.setIn(path, value);
    this.text = this.document.toString({ lineWidth: 0 });
    // Read again: the next change needs the places of this text.
    this.document = parseDocument(this.text);
  }

  /** Removes one value; nothing where there is none. */
  remove([key, ...inside]: readonly [string, ...string[]]): void {
    if (!this.document.deleteIn(["config", `slipway:${key}`, ...inside])) return;
    this.text = this.document.toString({ lineWidth: 0 });
    this.document = parseDocument(this.text);
  }

  /** The text with one scalar in another's place: not even the blanks around it change. Undefined where that is not possible. */
  private replaced(path: readonly string[], value: Json): string | undefined {
    const node = this.document.getIn(path, true);
    if (!isScalar(node) || !node.range || !["string", "number", "boolean"].includes(typeof value))
      return undefined;
    const quoted = node.type?.startsWith("QUOTE_") === true && typeof value === "string";
    const scalar = quoted ? JSON.stringify(value) : stringify(value, { lineWidth: 0 }).trimEnd();
    const [start, end] = node.range;
    const text = `${this.text.slice(0, start)}${scalar}${this.text.slice(end)}`;
    const changed = parseDocument(text);
    // Read back: what is a word by itself may be something else inside of brackets.
    return changed.errors.length === 0 && changed.getIn(path) === value ? text : undefined;
  }

  /** Takes a top-level key over from another stack file: Pulumi's own, such as `encryptionsalt`. */
  keep(key: string, from: string): void {
    const value: unknown = parseDocument(from).get(key);
    if (value === undefined) return;
    this.document.set(key, value);
    this.text = this.document.toString({ lineWidth: 0 });
    this.document = parseDocument(this.text);
  }

  toString(): string {
    return this.text;
  }
}
