import { readFile } from "node:fs/promises";
import type { Toolchain } from "../../toolchain/toolchain";
import { imageArchive } from "../../images/archive";
import { makeImage, programContent } from "../../images/image";

/** The image that holds a pod's namespaces open; made here, as no image can be had from outside. */
export const pauseImage = "localhost/slipway-pause:1";

/** The pause image as the archive that `ctr images import` reads. */
export async function pauseImageArchive(tools: Toolchain): Promise<Buffer> {
  const executable = await readFile(tools.executable("pause"));
  return imageArchive(
    await makeImage({ ...programContent("pause", executable), env: {}, labels: {} }),
    pauseImage,
  );
}
