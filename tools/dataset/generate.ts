import { BSON } from "mongodb";
import type { Block, DocumentSource } from "../../lib/data/blocks";
import {
  type Example,
  type ExampleCollection,
  idShape,
  type Json,
  readExamples,
} from "./example-collections";
import { Random } from "./random";

const blockBytes = 1 << 20;
const words = (
  "soil river forest wetland permafrost sediment rhizosphere leaf litter arctic tundra prairie watershed groundwater aquifer " +
  "metagenome transcriptome proteome lipid metabolite nitrogen carbon phosphorus sulfate methane oxygen salinity gradient depth " +
  "core plot transect season spring summer autumn winter replicate control treatment warming drought flood fire succession"
).split(" ");
/** Texts that people write freely: any schema version takes any text there. */
const freeText = new Set(["description", "title", "abstract", "objective"]);
/** Numbers that must stay inside their range are only made smaller. */
const date = /^(?:19|20)[0-9]{2}(?=-[0-9]{2}-(?:[01][0-9]|2[0-8]))/;
const checksum = /^[a-f0-9]{32}$/;

/** Where the documents of one kind of id are: which collection, which of its examples. */
interface Kind {
  readonly collection: string;
  readonly examples: readonly number[];
}

/**
 * NMDC-shaped documents, all different, valid under schema 11.23.0: published examples with new ids, numbers, dates and
 * texts, whose references lead to each other. About one in twenty is changed by the migrator to 11.24.0.
 */
export class GeneratedSet implements DocumentSource {
  readonly #collections: readonly ExampleCollection[];
  readonly #counts: ReadonlyMap<string, number>;
  readonly #kinds: ReadonlyMap<string, Kind>;

  constructor(
    readonly documents: number,
    private readonly seed = 1,
  ) {
    this.#collections = readExamples();
    const whole = this.#collections.reduce((sum, { share }) => sum + share, 0);
    this.#counts = new Map(
      this.#collections.map(({ name, share }) => [
        name,
        Math.max(1, Math.round((documents * share) / whole)),
      ]),
    );
    this.#kinds = kindsOf(this.#collections);
  }

  collections(): Promise<readonly string[]> {
    return Promise.resolve(this.#collections.map(({ name }) => name));
  }

  count(collection: string): number {
    return this.#counts.get(collection) ?? 0;
  }

  /** All documents of one collection as JSON, `_id` left out: what an example file holds. */
  *generate(collection: string): Generator<Example> {
    const found = this.#collections.find(({ name }) => name === collection);
    const count = this.count(collection);
    for (let at = 0; found && at < count; at++) yield this.#document(found, at);
  }

  async *read(collection: string): AsyncGenerator<Block> {
    const group = this.#collections.findIndex(({ name }) => name === collection);
    let parts: Uint8Array[] = [];
    let bytes = 0;
    let at = 0;
    for (const document of this.generate(collection)) {
      const part = BSON.serialize({ _id: objectId(group, at++), ...document });
      parts.push(part);
      bytes += part.length;
      if (bytes >= blockBytes) {
        yield await Promise.resolve(blockOf(collection, parts, bytes));
        parts = [];
        bytes = 0;
      }
    }
    if (parts.length > 0) yield blockOf(collection, parts, bytes);
  }

  #document(collection: ExampleCollection, at: number): Example {
    const example = collection.examples[at % collection.examples.length];
    if (!example) throw new Error(`no examples of ${collection.name}`);
    const random = new Random(this.seed * 1_000_003 + hash(collection.name) + at);
    const made = this.#vary(example, random) as Example;
    const shape = typeof example["id"] === "string" ? idShape(example["id"]) : undefined;
    return shape ? { ...made, id: idText(shape, at) } : made;
  }

  #vary(value: Json, random: Random, key = ""): Json {
    if (typeof value === "string") return this.#text(value, random, key);
    if (typeof value === "number") return vary(value, random);
    if (Array.isArray(value)) return value.map((item) => this.#vary(item, random, key));
    if (typeof value !== "object" || value === null) return value;
    const made: Example = {};
    for (const name in value) made[name] = this.#vary(value[name] ?? null, random, name);
    return made;
  }

  #text(text: string, random: Random, key: string): string {
    if (key === "type") return text;
    if (text.startsWith("nmdc:")) return this.#reference(text, random);
    if (freeText.has(key)) return `${text} ${sentence(random)}`;
    if (date.test(text)) return text.replace(date, String(2010 + random.below(15)));
    if (checksum.test(text)) return hexText(random);
    return text;
  }

  /** A document of the same kind in this set; what has no such kind stays, dangling as it was. */
  #reference(text: string, random: Random): string {
    const shape = idShape(text);
    const kind = shape && this.#kinds.get(shape.kind);
    if (!kind) return text;
    const group = this.#collections.find(({ name }) => name === kind.collection);
    const size = group?.examples.length ?? 1;
    const example = kind.examples[random.below(kind.examples.length)] ?? 0;
    const rounds = Math.ceil((this.count(kind.collection) - example) / size);
    const target = group?.examples[example]?.["id"];
    const targetShape = typeof target === "string" ? idShape(target) : undefined;
    return rounds > 0 && targetShape ? idText(targetShape, example + random.below(rounds) * size) : text;
  }
}

function blockOf(collection: string, parts: readonly Uint8Array[], bytes: number): Block {
  // A buffer of its own size, so that it can be handed to another thread.
  return { collection, bytes: Uint8Array.from(Buffer.concat(parts, bytes)), documents: parts.length };
}

function kindsOf(collections: readonly ExampleCollection[]): ReadonlyMap<string, Kind> {
  const kinds = new Map<string, { collection: string; examples: number[] }>();
  for (const { name, examples } of collections) {
    for (const [at, { id }] of examples.entries()) {
      const shape = typeof id === "string" ? idShape(id) : undefined;
      if (!shape) continue;
      const kind = kinds.get(shape.kind) ?? { collection: name, examples: [] };
      kind.examples.push(at);
      kinds.set(shape.kind, kind);
    }
  }
  return kinds;
}

function idText(
  { kind, shoulder, version }: { kind: string; shoulder: string; version: string },
  at: number,
): string {
  return `nmdc:${kind}-${shoulder}-${at.toString(36).padStart(6, "0")}${version}`;
}

function vary(value: number, random: Random): number {
  const factor = 0.5 + random.next() / 2;
  return Number.isInteger(value)
    ? Math.max(Math.min(1, value), Math.round(value * factor))
    : Number((value * factor).toFixed(4));
}

function sentence(random: Random): string {
  return Array.from({ length: 4 + random.below(20) }, () => words[random.below(words.length)]).join(" ");
}

function hexText(random: Random): string {
  return Array.from({ length: 4 }, () =>
    random
      .below(2 ** 32)
      .toString(16)
      .padStart(8, "0"),
  ).join("");
}

function objectId(group: number, at: number): BSON.ObjectId {
  return new BSON.ObjectId(`${group.toString(16).padStart(8, "0")}${at.toString(16).padStart(16, "0")}`);
}

function hash(text: string): number {
  let sum = 0;
  for (const letter of text) sum = (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0;
  return sum;
}
