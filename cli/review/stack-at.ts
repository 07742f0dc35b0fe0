import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { parseStackConfig, type StackConfig } from "../../lib/config/stack-config";
import { StackFile } from "../../lib/config/stack-file";
import { loadMigrations, type MigrationList } from "../../lib/data/migrations";
import type { GitTree } from "../../lib/evidence/git-tree";
import { type Problem, Refusal } from "../../lib/problem";
import { hashOf } from "../gated-stack";
import { given } from "./given";

/** A stack file as it stands at a commit: its config, or all that is wrong with it. */
export type StackAt =
  | {
      readonly state: "right";
      readonly config: StackConfig;
      readonly raw: Readonly<Record<string, unknown>>;
      /** Undefined where the stack builds its own images, or its migrations cannot be read. */
      readonly hash: string | undefined;
      readonly migrations: MigrationList | undefined;
    }
  | { readonly state: "broken"; readonly problems: readonly Problem[] };

/** Example: `Pulumi.prod.yaml`. */
const stackName = /^Pulumi\.([A-Za-z0-9._-]+)\.yaml$/;

/** The environment of a stack file; undefined for any other file. */
export function environmentOf(path: string): string | undefined {
  return stackName.exec(path)?.[1];
}

/** All stack files of a commit that are Slipway's, by environment. */
export async function stacksAt(tree: GitTree): Promise<ReadonlyMap<string, StackAt>> {
  const files = tree.paths.flatMap((path) => {
    const environment = environmentOf(path);
    return environment === undefined ? [] : [{ path, environment }];
  });
  const texts = given(await tree.read(files.map(({ path }) => path)));
  const parsed = files
    .map(({ path, environment }) => ({ environment, ...parse(texts.get(path) ?? "", path) }))
    .flatMap((one) => (one.state === "foreign" ? [] : [one]));
  const copied = await copyOf(
    tree,
    parsed.flatMap((one) => (one.state === "right" ? foldersOf(one.config) : [])),
  );
  try {
    return new Map(
      parsed.map(({ environment, ...one }): readonly [string, StackAt] => [
        environment,
        one.state === "broken" ? one : { ...one, ...releasedBy(copied, one.config) },
      ]),
    );
  } finally {
    await rm(copied, { recursive: true, force: true });
  }
}

type Right = Extract<StackAt, { state: "right" }>;

type Parsed =
  /** Without a `slipway:` key: another program's. */
  { readonly state: "foreign" } | Omit<Right, "hash" | "migrations"> | Extract<StackAt, { state: "broken" }>;

function parse(text: string, file: string): Parsed {
  try {
    const raw = StackFile.parse(text, file).config();
    if (Object.keys(raw).length === 0) return { state: "foreign" };
    return { state: "right", raw, config: parseStackConfig(raw, file) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { state: "broken", problems: error.problems };
  }
}

/** Folders whose content a release takes in. */
function foldersOf({ data, services }: StackConfig): readonly string[] {
  return [data.migrations, ...Object.values(services).flatMap(({ chart }) => chart?.from ?? [])];
}

/** A temporary copy of some folders as the commit has them (rule X2): whoever asks for it removes it. */
async function copyOf(tree: GitTree, folders: readonly string[]): Promise<string> {
  const wanted = [...new Set(folders.map((folder) => `${posix.normalize(folder).replace(/\/+$/, "")}/`))];
  const texts = given(
    await tree.read(tree.paths.filter((path) => wanted.some((folder) => path.startsWith(folder)))),
  );
  const copy = await mkdtemp(join(tmpdir(), "slipway-commit-"));
  for (const [path, text] of texts) {
    await mkdir(dirname(join(copy, path)), { recursive: true });
    await writeFile(join(copy, path), text);
  }
  return copy;
}

/** The release that a stack file asks for, and the migrations that it could take; neither where its parts cannot be read. */
function releasedBy(project: string, config: StackConfig): Pick<Right, "hash" | "migrations"> {
  try {
    const migrations = loadMigrations(join(project, config.data.migrations));
    const built = Object.values(config.images).some(({ digest }) => digest === undefined);
    return { migrations, hash: built ? undefined : hashOf(project, config) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { migrations: undefined, hash: undefined };
  }
}
