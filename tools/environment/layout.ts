import { createHash } from "node:crypto";
import { mkdir, realpath } from "node:fs/promises";
import { join } from "node:path";

/** Where everything of one embedded environment lies. The folders under {@link Layout.runtime} live only while it is up. */
export class Layout {
  private constructor(
    /** The state directory, absolute and free of links: the kernel tells mounts by their real path. */
    readonly state: string,
  ) {}

  /** Makes the state directory where it is missing. */
  static async open(state: string): Promise<Layout> {
    await mkdir(state, { recursive: true, mode: 0o700 });
    const layout = new Layout(await realpath(state));
    for (const folder of [layout.at("logs"), layout.run("processes"), layout.at("home")]) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
    }
    return layout;
  }

  /** Tells what this environment makes outside its state directory from what others make: its node, bridge, firewall chain. */
  get id(): string {
    return createHash("sha256").update(this.state).digest("hex").slice(0, 8);
  }

  /** A file or folder that stays from one start to the next. */
  at(...parts: string[]): string {
    return join(this.state, ...parts);
  }

  /** A file of the running environment; all of them are gone when it is down. */
  run(...parts: string[]): string {
    return join(this.state, "run", ...parts);
  }

  log(server: string): string {
    return join(this.state, "logs", `${server}.log`);
  }

  pki(file: string): string {
    return join(this.state, "pki", file);
  }

  /** What the environment says of itself: written last, removed first. */
  get description(): string {
    return this.at("environment.json");
  }
}
