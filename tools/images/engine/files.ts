import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";
import { imageUser } from "../image";

/** Files of a layer by their path in the image, absolute. */
export type LayerFiles = Map<string, LayerFile>;

/** One of them: a file of this machine, a text of ours, a link, or an empty folder that the image's user may write to. */
export type LayerFile =
  | { readonly kind: "file"; readonly from: string; readonly mode: number }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "link"; readonly to: string }
  | { readonly kind: "folder" };

/** All of a folder, links as links. @param leaveOut tells what the image does not need, by its path below the folder. */
export async function filesOf(
  folder: string,
  place: string,
  leaveOut: (path: string) => boolean = () => false,
): Promise<LayerFiles> {
  const files: LayerFiles = new Map();
  const visit = async (below: string): Promise<void> => {
    for (const name of await readdir(join(folder, below))) {
      const path = join(below, name);
      if (leaveOut(path)) continue;
      const from = join(folder, path);
      const found = await lstat(from);
      if (found.isDirectory()) await visit(path);
      else if (found.isSymbolicLink())
        files.set(join(place, path), { kind: "link", to: await readlink(from) });
      else files.set(join(place, path), { kind: "file", from, mode: found.mode & 0o111 ? 0o755 : 0o644 });
    }
  };
  await visit("");
  return files;
}

/** A layer's tar archive: the same files give the same bytes. */
export async function layerArchive(files: LayerFiles): Promise<Buffer> {
  const archive = pack();
  const made = buffer(archive);
  const names = [...files.keys()].sort();
  for (const name of names) {
    const file = files.get(name);
    if (file !== undefined) await add(archive, name.slice(1), file);
  }
  archive.finalize();
  return made;
}

async function add(archive: ReturnType<typeof pack>, name: string, file: LayerFile): Promise<void> {
  const header = { name, mtime: new Date(0), uid: 0, gid: 0 };
  const bytes = await bytesOf(file);
  await new Promise<void>((resolve, reject) => {
    const done = (error?: Error | null): void => {
      if (error) reject(error);
      else resolve();
    };
    if (bytes !== undefined) archive.entry({ ...header, mode: modeOf(file) }, bytes, done);
    else if (file.kind === "link")
      archive.entry({ ...header, type: "symlink", linkname: file.to, mode: modeOf(file) }, done);
    else
      archive.entry(
        { ...header, type: "directory", mode: modeOf(file), uid: imageUser, gid: imageUser },
        done,
      );
  });
}

async function bytesOf(file: LayerFile): Promise<Buffer | undefined> {
  if (file.kind === "file") return readFile(file.from);
  return file.kind === "text" ? Buffer.from(file.text) : undefined;
}

function modeOf(file: LayerFile): number {
  if (file.kind === "file") return file.mode;
  return file.kind === "text" ? 0o644 : file.kind === "link" ? 0o777 : 0o755;
}
