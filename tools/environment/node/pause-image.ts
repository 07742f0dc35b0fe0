import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";
import type { Json } from "../../../lib/content-hash";
import type { Toolchain } from "../../toolchain/toolchain";

/** The image that holds a pod's namespaces open; made here, as no image can be had from outside. */
export const pauseImage = "localhost/slipway-pause:1";

/** The pause image as the archive that `ctr images import` reads. */
export async function pauseImageArchive(tools: Toolchain): Promise<Buffer> {
  const program = await readFile(tools.executable("pause"));
  const layer = await tar([{ name: "pause", mode: 0o755, content: program }]);
  const config: Json = {
    architecture: process.arch === "arm64" ? "arm64" : "amd64",
    os: "linux",
    config: { Entrypoint: ["/pause"], User: "65535:65535" },
    rootfs: { type: "layers", diff_ids: [`sha256:${createHash("sha256").update(layer).digest("hex")}`] },
  };
  const manifest: Json = [{ Config: "config.json", RepoTags: [pauseImage], Layers: ["layer.tar"] }];
  return tar([
    { name: "layer.tar", content: layer },
    { name: "config.json", content: Buffer.from(JSON.stringify(config)) },
    { name: "manifest.json", content: Buffer.from(JSON.stringify(manifest)) },
  ]);
}

async function tar(files: readonly { name: string; mode?: number; content: Buffer }[]): Promise<Buffer> {
  const archive = pack();
  for (const { name, mode, content } of files) archive.entry({ name, mode: mode ?? 0o644 }, content);
  archive.finalize();
  return buffer(archive);
}
