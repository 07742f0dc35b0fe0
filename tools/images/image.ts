import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";

/** Bytes with their digest: a layer, a configuration or a manifest. */
export interface Blob {
  readonly mediaType: string;
  /** `sha256:<hex>` of the bytes. */
  readonly digest: string;
  readonly bytes: Buffer;
}

/** An OCI image for one platform. Its digest is its manifest's. */
export interface Image {
  readonly layer: Blob;
  readonly config: Blob;
  readonly manifest: Blob;
}

/** One file of an image. */
export interface ImageFile {
  /** Without a slash at its begin. Example: `code/index.html`. */
  readonly path: string;
  readonly bytes: Buffer;
  readonly executable?: boolean;
}

/** What an image is to hold, and how it is to run. */
export interface ImageContent {
  readonly files: readonly ImageFile[];
  /** Path of the program that it starts with; one of the files. Default: none, it is a part of another image. */
  readonly start?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** The same content gives the same bytes, and so the same digest, whoever makes it and whenever. */
export async function makeImage(content: ImageContent): Promise<Image> {
  // Not compressed: what a compressor makes differs between its versions, and the registry is on this machine.
  const layer = blob("application/vnd.oci.image.layer.v1.tar", await layerOf(content.files));
  const config = jsonBlob("application/vnd.oci.image.config.v1+json", {
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    os: "linux",
    config: {
      User: "65532:65532",
      Env: pairs(content.env).map(([name, value]) => `${name}=${value}`),
      ...(content.start !== undefined && { Entrypoint: [`/${content.start}`] }),
      Labels: Object.fromEntries(pairs(content.labels)),
    },
    rootfs: { type: "layers", diff_ids: [layer.digest] },
  });
  const manifest = jsonBlob("application/vnd.oci.image.manifest.v1+json", {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: descriptor(config),
    layers: [descriptor(layer)],
    annotations: Object.fromEntries(pairs(content.labels)),
  });
  return { layer, config, manifest };
}

async function layerOf(files: readonly ImageFile[]): Promise<Buffer> {
  const archive = pack();
  for (const { path, bytes, executable } of files) {
    const mode = executable === true ? 0o755 : 0o644;
    archive.entry({ name: path, mode, mtime: new Date(0), uid: 0, gid: 0 }, bytes);
  }
  archive.finalize();
  return buffer(archive);
}

function descriptor({ mediaType, digest, bytes }: Blob): object {
  return { mediaType, digest, size: bytes.length };
}

function jsonBlob(mediaType: string, value: object): Blob {
  return blob(mediaType, Buffer.from(JSON.stringify(value)));
}

function blob(mediaType: string, bytes: Buffer): Blob {
  return { mediaType, bytes, digest: digestOf(bytes) };
}

/** The content of an image that is one static program. */
export function programContent(name: string, bytes: Buffer): Pick<ImageContent, "files" | "start"> {
  return { files: [{ path: name, bytes, executable: true }], start: name };
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

function pairs(record: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
