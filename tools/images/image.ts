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

/** What an image is to hold: one static program, and how it is to run. */
export interface ImageContent {
  /** Name of the program; it lies in the root and is the entry point. */
  readonly program: string;
  readonly executable: Buffer;
  readonly env: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** The same content gives the same bytes, and so the same digest, whoever makes it and whenever. */
export async function makeImage(content: ImageContent): Promise<Image> {
  // Not compressed: what a compressor makes differs between its versions, and the registry is on this machine.
  const layer = blob("application/vnd.oci.image.layer.v1.tar", await programLayer(content));
  const config = jsonBlob("application/vnd.oci.image.config.v1+json", {
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    os: "linux",
    config: {
      User: "65532:65532",
      Env: pairs(content.env).map(([name, value]) => `${name}=${value}`),
      Entrypoint: [`/${content.program}`],
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

async function programLayer({ program, executable }: ImageContent): Promise<Buffer> {
  const archive = pack();
  archive.entry({ name: program, mode: 0o755, mtime: new Date(0), uid: 0, gid: 0 }, executable);
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

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

function pairs(record: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
