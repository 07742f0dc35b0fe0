import { realpathSync } from "node:fs";
import { join } from "node:path";
import type { SchemaVersion } from "../../../lib/data/migrations";
import { packageRoot } from "../../../lib/package-root";
import { assembleImage, type Image, type ImageSettings, layerOf } from "../image";
import type { PushedImage } from "../make-images";
import { LoopbackRegistry } from "../registry";
import { filesOf, type LayerFiles, layerArchive } from "./files";
import { packageFiles } from "./packages";
import { withLibraries } from "./programs";
import { pythonFiles } from "./python";

/** Where the project lies in the image, as in the one that the Dockerfile beside this file builds. */
const home = "/slipway";
/** `SLIPWAY_CACHE` of the image: what was installed beforehand, and compiled validators. */
const cache = "/var/cache/slipway";

/**
 * The engine as an image: Node, its packages, the compiled `cli` and `lib`, the migrations. It runs `cli/engine-in-pod.ts`, which
 * reads its request from the variable `SLIPWAY_REQUEST`; another compiled program of ours runs by a command of the container:
 * `["/slipway/node", "/slipway/build/cli/<program>.js"]`.
 * @param packages schema packages whose migrators it is to run: with them comes Python, some 400 MB more. Example:
 *   `[{ package: "nmdc-schema", version: "11.24.0" }]`.
 */
export async function makeEngineImage(
  registry: string,
  packages: readonly SchemaVersion[] = [],
): Promise<PushedImage> {
  const image = await engineImage(packages);
  const repository = "slipway-engine";
  const tag = packages.length > 0 ? "python" : "latest";
  const digest = await new LoopbackRegistry(registry).push(repository, tag, image);
  return { repository: `${registry}/${repository}`, digest };
}

/** Made of this machine's own files, as no base image can be had here. The same files give the same digest. */
async function engineImage(packages: readonly SchemaVersion[]): Promise<Image> {
  const root = packageRoot();
  const layers = [await nodeFiles(), await packageFiles(root, home)];
  const migrators = packages.length > 0 ? await pythonFiles(packages, cache) : undefined;
  if (migrators) layers.push(migrators.files);
  layers.push(await projectFiles(root));
  const blobs = [];
  for (const files of layers) blobs.push(layerOf(await layerArchive(files)));
  return assembleImage(blobs, engineSettings(migrators?.interpreter));
}

/** How the image is run: as the one of the Dockerfile. @param interpreter of Python, where it is in the image. */
export function engineSettings(interpreter?: string): ImageSettings {
  return {
    entrypoint: [`${home}/node`, "--enable-source-maps", `${home}/build/cli/engine-in-pod.js`],
    env: {
      HOME: "/tmp",
      NODE_ENV: "production",
      SLIPWAY_CACHE: cache,
      ...(interpreter !== undefined && { SLIPWAY_PYTHON: interpreter }),
    },
    labels: {},
  };
}

async function nodeFiles(): Promise<LayerFiles> {
  const node = realpathSync(process.execPath);
  const files = await withLibraries([node]);
  files.set(`${home}/node`, { kind: "link", to: node });
  for (const folder of ["/tmp", cache]) files.set(folder, { kind: "folder" });
  return files;
}

async function projectFiles(root: string): Promise<LayerFiles> {
  const files: LayerFiles = new Map();
  const parts = [join("build", "cli"), join("build", "lib"), "migrations", join("tools", "python")];
  for (const part of parts) {
    const own = await filesOf(join(root, part), join(home, part), (path) => path.includes("__pycache__"));
    for (const [path, file] of own) files.set(path, file);
  }
  const manifest = "package.json";
  files.set(join(home, manifest), { kind: "file", from: join(root, manifest), mode: 0o644 });
  return files;
}
