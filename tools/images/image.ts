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
  /** One upon the other, the lowest first. */
  readonly layers: readonly Blob[];
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

/** How an image is to run, and what it says of itself. */
export interface ImageSettings {
  /** Program and first arguments. Default: none, it is a part of another image. */
  readonly entrypoint?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** What an image is to hold, and how it is to run. */
export interface ImageContent extends Omit<ImageSettings, "entrypoint"> {
  readonly files: readonly ImageFile[];
  /** Path of the program that it starts with; one of the files. Default: none, it is a part of another image. */
  readonly start?: string;
}

/** The user of every image of ours: nobody on any machine. */
export const imageUser = 65532;

/** The same content gives the same bytes, and so the same digest, whoever makes it and whenever. */
export async function makeImage({ files, start, ...settings }: ImageContent): Promise<Image> {
  const entrypoint = start === undefined ? {} : { entrypoint: [`/${start}`] };
  return assembleImage([layerOf(await archiveOf(files))], { ...settings, ...entrypoint });
}

/** Not compressed: what a compressor makes differs between its versions, and the registry is on this machine. @param archive a tar archive. */
export function layerOf(archive: Buffer): Blob {
  return blob("application/vnd.oci.image.layer.v1.tar", archive);
}

/** An image made of layers. */
export function assembleImage(layers: readonly Blob[], { entrypoint, env, labels }: ImageSettings): Image {
  const config = jsonBlob("application/vnd.oci.image.config.v1+json", {
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    os: "linux",
    config: {
      User: `${imageUser}:${imageUser}`,
      Env: pairs(env).map(([name, value]) => `${name}=${value}`),
      ...(entrypoint !== undefined && { Entrypoint: entrypoint }),
      Labels: Object.fromEntries(pairs(labels)),
    },
    rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) },
  });
  const manifest = jsonBlob("application/vnd.oci.image.manifest.v1+json", {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: descriptor(config),
    layers: layers.map(descriptor),
    annotations: Object.fromEntries(pairs(labels)),
  });
  return { layers, config, manifest };
}

async function archiveOf(files: readonly ImageFile[]): Promise<Buffer> {
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
