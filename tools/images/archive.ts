import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";
import type { Image } from "./image";

/**
 * An image as one tar archive in the OCI layout, which `ctr images import` reads.
 * @param name what the image is called there. Example: `localhost/slipway-pause:1`.
 */
export async function imageArchive(image: Image, name: string): Promise<Buffer> {
  const { manifest } = image;
  const index = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [
      {
        mediaType: manifest.mediaType,
        digest: manifest.digest,
        size: manifest.bytes.length,
        annotations: { "io.containerd.image.name": name, "org.opencontainers.image.ref.name": name },
      },
    ],
  };
  const files: [string, Buffer][] = [
    ["oci-layout", Buffer.from(JSON.stringify({ imageLayoutVersion: "1.0.0" }))],
    ["index.json", Buffer.from(JSON.stringify(index))],
    ...[...image.layers, image.config, manifest].map(({ digest, bytes }): [string, Buffer] => [
      `blobs/${digest.replace(":", "/")}`,
      bytes,
    ]),
  ];
  const archive = pack();
  for (const [file, bytes] of files) archive.entry({ name: file, mtime: new Date(0) }, bytes);
  archive.finalize();
  return buffer(archive);
}
