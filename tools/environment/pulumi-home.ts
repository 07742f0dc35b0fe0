import { mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { Toolchain } from "../toolchain/toolchain";

/** Our plugins, by the folders in which the CLI looks for them; those on PATH it would take only with a warning each time. */
const plugins = {
  "pulumi-language-nodejs": "language-nodejs-v3.245.0",
  "pulumi-resource-kubernetes": "resource-kubernetes-v4.25.0",
} as const;

/** Makes a PULUMI_HOME of our own that holds the toolchain's plugins. */
export async function makePulumiHome(home: string, tools: Toolchain): Promise<void> {
  for (const [program, folder] of Object.entries(plugins)) {
    const at = join(home, "plugins", folder);
    await mkdir(at, { recursive: true, mode: 0o700 });
    await rm(join(at, program), { force: true });
    await symlink(tools.executable(program), join(at, program));
  }
}
