import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { stringify } from "yaml";
import { cacheDirectory } from "../../../lib/config/embedded";
import { readGoRecipe } from "../../../tools/toolchain/go-recipe";
import { silent } from "../../../tools/toolchain/progress";
import { ToolCache } from "../../../tools/toolchain/tool-cache";

/** The real registry, of its own for one suite. */
export class RegistryServer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    /** Host and port. */
    readonly address: string,
  ) {}

  static async start(): Promise<RegistryServer> {
    const tool = await new ToolCache(cacheDirectory(), silent).provide(await readGoRecipe("registry"));
    const folder = await mkdtemp(join(tmpdir(), "registry-test-"));
    const config = join(folder, "registry.yaml");
    const storage = { filesystem: { rootdirectory: join(folder, "data") }, delete: { enabled: true } };
    await writeFile(config, stringify({ version: 0.1, storage, http: { addr: "127.0.0.1:0" } }));
    const child = spawn(join(tool, "registry"), ["serve", config], {
      env: { OTEL_TRACES_EXPORTER: "none" },
      stdio: ["ignore", "ignore", "pipe"],
    });
    const lines = createInterface(child.stderr);
    for await (const line of lines) {
      const [, address] = /listening on (127\.0\.0\.1:\d+)/.exec(line) ?? [];
      if (address === undefined) continue;
      child.stderr.resume();
      return new RegistryServer(child, folder, address);
    }
    throw new Error("the registry ended before it listened");
  }

  async stop(): Promise<void> {
    const gone = once(this.child, "exit");
    this.child.kill();
    await gone;
    await rm(this.folder, { recursive: true, force: true });
  }
}
