import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { packageRoot } from "../../lib/package-root";
import { GitFixture } from "../evidence/git-fixture";
import { RegistryFixture } from "../evidence/registry-fixture";
import { Judged } from "./judged";
import { type Ran, runSlipway } from "./program";

/** A project of stack files with the repositories and the registry that it names: git, registry and the program are the real ones. */
export class ReleasePlace {
  private constructor(
    readonly project: GitFixture,
    readonly registry: RegistryFixture,
    private readonly place: ReturnType<typeof GitFixture.place>,
  ) {}

  static async start(): Promise<ReleasePlace> {
    const place = GitFixture.place();
    const project = GitFixture.create(join(place.folder, "project"));
    cpSync(join(packageRoot(), "migrations"), join(project.folder, "migrations"), { recursive: true });
    return new ReleasePlace(project, await RegistryFixture.start(), place);
  }

  async stop(): Promise<void> {
    await this.registry.stop();
    this.place.remove();
  }

  get folder(): string {
    return this.project.folder;
  }

  /** A new repository beside the project's: `../<name>` in its stack files. */
  repository(name: string, branch: string): GitFixture {
    return GitFixture.create(join(this.place.folder, name), branch);
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), "utf8");
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.folder, file)), { recursive: true });
    writeFileSync(join(this.folder, file), text);
  }

  /** An SSH key of a person, whom the project's file of allowed signers then knows. */
  key(person: string): string {
    const path = join(this.place.folder, `key-${person}`);
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path]);
    const signer = `${person}@example.org ${readFileSync(`${path}.pub`, "utf8")}`;
    mkdirSync(join(this.folder, ".slipway"), { recursive: true });
    appendFileSync(join(this.folder, ".slipway", "allowed_signers"), signer);
    return path;
  }

  /** Writes an environment's stack file with some texts in other texts' places, and has the program judge it. */
  async check(
    environment: string,
    stackFile: string,
    changes: Readonly<Record<string, string>> = {},
    env: Readonly<Record<string, string>> = {},
  ): Promise<Judged> {
    this.write(`Pulumi.${environment}.yaml`, changed(stackFile, changes));
    return new Judged(await this.slipway(["check", environment, "--json"], env));
  }

  slipway(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
    return runSlipway(this.folder, args, env);
  }
}

/** A text with some texts in other texts' places; each must be there. */
export function changed(text: string, changes: Readonly<Record<string, string>>): string {
  return Object.entries(changes).reduce((whole, [from, to]) => {
    assert.ok(whole.includes(from), `the stack file has no ${from}`);
    return whole.replaceAll(from, to);
  }, text);
}
