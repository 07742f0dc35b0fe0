import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { EmbeddedEnvironment } from "../../lib/config/embedded";
import { StackFile } from "../../lib/config/stack-file";
import { packageRoot } from "../../lib/package-root";
import { PulumiStack } from "../job/pulumi-stack";
import { gitIdentity, SourceRepository } from "../platform/source-repository";
import { type Ran, runTo } from "./run";

/** Where the copies lie, apart from those of the main job. */
const workplaces = "workplaces";

/** Who commits where a person would. */
const identity = gitIdentity("Dana");

/**
 * One example's project as its people have it: a git repository with stack files, charts and migrations, whose program is this
 * project's own. A copy: the committed files are never written.
 */
export class Workplace {
  private readonly repository: SourceRepository;

  private constructor(
    private readonly environment: EmbeddedEnvironment,
    private readonly state: string,
    private readonly original: string,
    /** Folder of the copy. */
    readonly folder: string,
    private readonly variables: Readonly<Record<string, string>>,
    private readonly signal: AbortSignal | undefined,
    /** Stack files of an earlier run, by name: what Pulumi's backend knows of a stack fits the salt in its file. */
    private readonly former: ReadonlyMap<string, string>,
  ) {
    this.repository = new SourceRepository(folder, identity);
  }

  /**
   * Begins anew: what an earlier run left in its folder goes.
   * @param original the project's folder. Example: `examples/hca-ingest`.
   * @param files what of it is copied. Default: all.
   * @param variables what the stack files read of the environment: connection strings, a kubeconfig.
   */
  static open(
    environment: EmbeddedEnvironment,
    state: string,
    original: string,
    variables: Readonly<Record<string, string>>,
    signal?: AbortSignal,
    files?: readonly string[],
  ): Workplace {
    const { name } = parse(readFileSync(join(original, "Pulumi.yaml"), "utf8")) as { name: string };
    const folder = join(state, workplaces, name);
    const former = stackFilesIn(folder);
    rmSync(folder, { recursive: true, force: true });
    for (const file of files ?? [""]) cpSync(join(original, file), join(folder, file), { recursive: true });
    const place = new Workplace(environment, state, original, folder, variables, signal, former);
    writeFileSync(join(folder, ".gitignore"), "backups/\ndumps/\n");
    place.repository.init("master");
    place.commit("the project");
    return place;
  }

  /** The stack of an environment, which is empty; the salt of its secrets goes into the stack file. */
  async stack(name: string): Promise<PulumiStack> {
    const text = readFileSync(join(this.folder, `Pulumi.${name}.yaml`), "utf8");
    const { environment, original, state, signal, variables } = this;
    const stack = await PulumiStack.open(
      environment,
      original,
      name,
      state,
      signal,
      {
        ...variables,
        SLIPWAY_OPERATOR: "dana",
      },
      workplaces,
    );
    await stack.empty();
    const file = StackFile.parse(text, `Pulumi.${name}.yaml`);
    file.keep("encryptionsalt", this.former.get(`Pulumi.${name}.yaml`) ?? "");
    file.keep("encryptionsalt", readFileSync(stack.file, "utf8"));
    writeFileSync(stack.file, file.toString());
    return stack;
  }

  /** Edits an environment's stack file, as a person does in a pull request. */
  edit(environment: string, change: (file: StackFile) => void): void {
    const file = this.stackFile(environment);
    change(file);
    this.write(file.name, file.toString());
  }

  /** The release that an environment's stack file names. */
  release(environment: string): string {
    return String(this.config(environment)["release"]);
  }

  /** The `slipway:` config of an environment's stack file. */
  config(environment: string): Readonly<Record<string, unknown>> {
    return this.stackFile(environment).config();
  }

  private stackFile(environment: string): StackFile {
    const name = `Pulumi.${environment}.yaml`;
    return StackFile.parse(this.read(name), name);
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }

  /** The change of an environment's stack file since the last commit, as a reviewer sees it. */
  diff(environment: string): string {
    return this.git("diff", "--unified=0", "--", `Pulumi.${environment}.yaml`);
  }

  commit(message: string): void {
    this.repository.commit(message);
  }

  git(...args: string[]): string {
    return this.repository.git(...args);
  }

  /** Runs the command `slipway` in the project's folder. */
  slipway(args: readonly string[], show?: (text: string) => void): Promise<Ran> {
    const command = join(packageRoot(), "build", "cli", "slipway.js");
    return this.run(process.execPath, [command, ...args], show);
  }

  /** Runs a program in the project's folder, with what the stack files read of the environment. */
  run(program: string, args: readonly string[], show?: (text: string) => void): Promise<Ran> {
    const { path } = this.environment;
    const env = {
      ...process.env,
      ...identity,
      ...this.variables,
      PATH: [...path, process.env["PATH"] ?? ""].join(":"),
      SLIPWAY_STATE: this.state,
      SLIPWAY_OPERATOR: "dana",
    };
    return runTo(program, args, { cwd: this.folder, env, signal: this.signal }, show);
  }
}

function stackFilesIn(folder: string): ReadonlyMap<string, string> {
  if (!existsSync(folder)) return new Map();
  const names = readdirSync(folder).filter((name) => /^Pulumi\..+\.yaml$/.test(name));
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}
