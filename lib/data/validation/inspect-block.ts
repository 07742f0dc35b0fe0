import { frames, maxDocumentBytes } from "../bson-frames";
import { idText } from "../document-id";
import { sha256 } from "../order-free-hash";
import type { InvalidDocument } from "../protocol";
import { BsonReader, type JsonObject } from "./bson-values";
import type { Finding, Judge } from "./judge";
import { mayHoldQuantities, type UnitTable, unitFindings } from "./units";
import { idKind, possibleReferences } from "./references";

/** What is sent to an inspecting thread. */
export interface BlockToInspect {
  readonly collection: string;
  readonly bytes: Uint8Array;
  /** False for a collection that no schema knows: its documents are only hashed. */
  readonly judged: boolean;
  /** Documents that differ from the source's, in order; without `original`, a migration made them. */
  readonly traces: readonly {
    readonly index: number;
    readonly original?: { readonly collection: string; readonly bytes: Uint8Array };
  }[];
}

/** An invalid document with everything that is wrong with it. */
export interface InvalidEntry extends InvalidDocument {
  readonly all: readonly Finding[];
}

type Trace = BlockToInspect["traces"][number];

export interface BlockFindings {
  readonly documents: number;
  /** SHA-256 of each document, one after the other. */
  readonly digests: Uint8Array;
  /** Bytes of each document. */
  readonly sizes: Uint32Array;
  /** What the source had in place of the documents that differ. */
  readonly originals: readonly {
    readonly collection: string;
    readonly digest: Uint8Array;
    readonly bytes: number;
    readonly same: boolean;
  }[];
  readonly invalid: readonly InvalidEntry[];
  /** Invalid in the source by the old schema, valid now by the new one. */
  readonly mended: number;
  /** Ids that the source's documents had and the new ones in their place don't. */
  readonly goneIds: readonly string[];
  /** References in changed documents that were not in them before. */
  readonly newReferences: readonly { readonly id: string; readonly target: string }[];
  /** Kinds of ids in the block. */
  readonly idKinds: readonly string[];
}

/** The two stages of validation: JSON Schema, and the package's units for what passed it. */
export interface Stages {
  readonly judge: Judge;
  readonly units: UnitTable;
}

/** Looks at every document of a block once: its hash, its validity, and its references where it was changed. */
export class BlockInspector {
  readonly #reader = new BsonReader();

  constructor(
    private readonly after: Stages,
    /** By the schema that the data has before; undefined when it is not known. */
    private readonly before?: Stages,
  ) {}

  /** @param reached is told the position of the document that is looked at, for a watcher of the thread. */
  inspect(block: BlockToInspect, reached: (index: number) => void = () => undefined): BlockFindings {
    const found = new Collected();
    let traceAt = 0;
    let index = 0;
    for (const frame of frames(block.bytes, block.collection)) {
      reached(index);
      const trace = block.traces[traceAt]?.index === index ? block.traces[traceAt++] : undefined;
      this.#look(block, asBuffer(frame), trace, found);
      index += 1;
    }
    reached(-1);
    return found.finish();
  }

  #look(block: BlockToInspect, bytes: Buffer, trace: Trace | undefined, found: Collected): void {
    const digest = found.addDigest(bytes);
    if (trace?.original) found.addOriginal(trace.original, digest);
    const document = readable(this.#reader, bytes);
    if (!document) {
      const all = [{ pointer: "", rule: "bson: the bytes can't be read as a document" }];
      found.invalid.push(entry(block.collection, bytes, {}, all, trace ? "made-invalid" : "invalid-before"));
      return;
    }
    const id = document["id"];
    if (typeof id === "string") found.idKinds.add(idKind(id) ?? "");
    const findings = [
      ...(block.judged ? findingsBy(this.after, block.collection, document, bytes) : []),
      ...sizeFindings(bytes),
    ];
    if (findings.length === 0 && !trace) return;
    const was = trace ? trace.original && readable(this.#reader, asBuffer(trace.original.bytes)) : document;
    const wasBytes = asBuffer(trace?.original?.bytes ?? bytes);
    const wasIn = trace?.original?.collection ?? block.collection;
    const wasInvalid = was !== undefined && this.#wasInvalid(wasIn, was, wasBytes);
    if (findings.length > 0) {
      const verdict = wasInvalid ? "invalid-before" : "made-invalid";
      found.invalid.push(entry(block.collection, bytes, document, findings, verdict));
    } else if (wasInvalid && block.judged) found.mended += 1;
    if (trace) found.compareReferences(bytes, document, was);
  }

  /** See `lookForIds`. */
  lookFor(block: BlockToInspect, ids: ReadonlySet<string>): FoundIds {
    return lookForIds(block, ids, this.#reader);
  }

  #wasInvalid(collection: string, document: JsonObject, bytes: Buffer): boolean {
    return this.before !== undefined && findingsBy(this.before, collection, document, bytes).length > 0;
  }
}

/** Which ids a block's documents have, and which documents refer to which ids. */
export interface FoundIds {
  readonly present: readonly string[];
  readonly referring: readonly { readonly id: string; readonly target: string }[];
}

/** Looks for certain ids among a block's documents and their references. */
export function lookForIds(
  block: Pick<BlockToInspect, "bytes" | "collection">,
  ids: ReadonlySet<string>,
  reader = new BsonReader(),
): FoundIds {
  const present: string[] = [];
  const referring: { id: string; target: string }[] = [];
  for (const frame of frames(block.bytes, block.collection)) {
    const document = readable(reader, asBuffer(frame)) ?? {};
    if (typeof document["id"] === "string" && ids.has(document["id"])) present.push(document["id"]);
    for (const target of possibleReferences(document)) {
      if (ids.has(target)) referring.push({ id: idText(frame), target });
    }
  }
  return { present, referring };
}

/** Undefined for bytes that break off inside a value; a server doesn't keep such documents. */
function readable(reader: BsonReader, bytes: Buffer): JsonObject | undefined {
  try {
    return reader.read(bytes);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** What is known of a block's documents so far. */
class Collected {
  readonly invalid: InvalidEntry[] = [];
  readonly idKinds = new Set<string>();
  mended = 0;
  readonly #digests: Buffer[] = [];
  readonly #sizes: number[] = [];
  readonly #originals: BlockFindings["originals"][number][] = [];
  readonly #goneIds: string[] = [];
  readonly #newReferences: { id: string; target: string }[] = [];

  addDigest(bytes: Buffer): Buffer {
    const digest = sha256(bytes);
    this.#digests.push(digest);
    this.#sizes.push(bytes.length);
    return digest;
  }

  addOriginal({ collection, bytes }: NonNullable<Trace["original"]>, now: Buffer): void {
    const digest = sha256(bytes);
    this.#originals.push({ collection, digest, bytes: bytes.length, same: digest.equals(now) });
  }

  compareReferences(bytes: Buffer, now: JsonObject, was: JsonObject | undefined): void {
    if (typeof was?.["id"] === "string" && was["id"] !== now["id"]) this.#goneIds.push(was["id"]);
    const known = was ? possibleReferences(was) : new Set();
    for (const target of possibleReferences(now)) {
      if (!known.has(target)) this.#newReferences.push({ id: idText(bytes), target });
    }
  }

  finish(): BlockFindings {
    return {
      documents: this.#sizes.length,
      digests: Buffer.concat(this.#digests),
      sizes: Uint32Array.from(this.#sizes),
      originals: this.#originals,
      invalid: this.invalid,
      mended: this.mended,
      goneIds: this.#goneIds,
      newReferences: this.#newReferences,
      idKinds: [...this.idKinds],
    };
  }
}

function findingsBy(
  { judge, units }: Stages,
  collection: string,
  document: JsonObject,
  bytes: Buffer,
): readonly Finding[] {
  const findings = judge.findings(collection, document);
  if (findings.length > 0 || units.size === 0 || !mayHoldQuantities(bytes)) return findings;
  return unitFindings(document, units);
}

function sizeFindings(bytes: Uint8Array): readonly Finding[] {
  if (bytes.length <= maxDocumentBytes) return [];
  return [
    { pointer: "", rule: `size: ${bytes.length} bytes, a MongoDB document has at most ${maxDocumentBytes}` },
  ];
}

function entry(
  collection: string,
  bytes: Uint8Array,
  document: JsonObject,
  all: readonly Finding[],
  verdict: InvalidEntry["verdict"],
): InvalidEntry {
  const id = document["id"];
  const { pointer, rule } = all[0] ?? { pointer: "", rule: "" };
  return {
    collection,
    id: `${shownId(bytes)}${typeof id === "string" ? ` ${id}` : ""}`,
    pointer,
    rule,
    verdict,
    all,
  };
}

function shownId(bytes: Uint8Array): string {
  try {
    return idText(bytes);
  } catch {
    return "unreadable";
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
