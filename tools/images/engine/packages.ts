import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { filesOf, type LayerFiles } from "./files";

/** What a program needs to run is neither types, nor maps, nor texts for people. */
const onlyForPeople = /\.(d\.[cm]?ts|map|md|markdown)$/;

/**
 * The npm packages that the engine runs with: what `package.json` depends on but Pulumi, and what those depend on.
 * @param root the project's folder. @param place where it lies in the image.
 */
export async function packageFiles(root: string, place: string): Promise<LayerFiles> {
  const files: LayerFiles = new Map();
  for (const folder of packageFolders(root)) {
    const below = relative(root, folder);
    const own = await filesOf(folder, join(place, below), (path) => {
      return path.split("/").includes("node_modules") || onlyForPeople.test(path);
    });
    for (const [path, file] of own) files.set(path, file);
  }
  return files;
}

/** Folders of the packages, each once; one that is nested in another is another version of it. */
function packageFolders(root: string): ReadonlySet<string> {
  const folders = new Set<string>();
  const add = (name: string, from: string): void => {
    const folder = locate(name, from, root);
    // An optional one for another machine is not there.
    if (folder === undefined || folders.has(folder)) return;
    folders.add(folder);
    for (const next of dependenciesOf(folder)) add(next, folder);
  };
  for (const name of dependenciesOf(root)) if (!name.startsWith("@pulumi/")) add(name, root);
  return folders;
}

function dependenciesOf(folder: string): readonly string[] {
  const { dependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  ) as Record<string, Readonly<Record<string, string>> | undefined>;
  return Object.keys({ ...dependencies, ...optionalDependencies });
}

/** The package as Node finds it from a folder of the project. */
function locate(name: string, from: string, root: string): string | undefined {
  const folder = join(from, "node_modules", name);
  if (existsSync(join(folder, "package.json"))) return folder;
  return from === root ? undefined : locate(name, dirname(from), root);
}
