import type { Dirent } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { ReleaseRecordData } from "../../data/protocol";
import { Refusal } from "../../problem";
import type { Deployment, Pin } from "../gates/deployment";
import type { Lane } from "../gates/lane";
import type { Report } from "../gates/judge";
import { ImageReference } from "../references/image-reference";
import { atomically } from "./atomic-file";
import { brokenSeal, sealed } from "./record-seal";

/** What the repository keeps of a release: the engine's record, the way it took, the commits of its images, what the gates said. */
export interface RecordFile {
  readonly record: ReleaseRecordData;
  readonly lane: Lane;
  readonly commits: Readonly<Record<string, string>>;
  readonly gates: readonly Report[];
}

const outcome = z.enum(["open", "released", "rolled-back", "failed"]);

/** The part of a record file that promotion and gates read; whatever else stands in it is left alone. */
const recordFileSchema = z.looseObject({
  record: z.looseObject({
    id: z.string().min(1),
    environment: z.string().min(1),
    release: z.string().min(1),
    hash: z.string().regex(/^sha256:[0-9a-f]{64}$/),
    operator: z.string(),
    openedAt: z.iso.datetime({ offset: true }),
    closedAt: z.iso.datetime({ offset: true }).optional(),
    outcome,
    schema: z.looseObject({ to: z.string() }),
    images: z.array(z.looseObject({ name: z.string(), to: z.string() })),
  }),
  lane: z
    .looseObject({ kind: z.enum(["normal", "hot-fix", "emergency", "first-time"]) })
    .default({ kind: "normal" }),
  commits: z.record(z.string(), z.string()).default({}),
});

/** `releases/<environment>/<opened>-<id>.json`: sorts by time, and one release has one file however often it is written. */
export function recordPath(
  folder: string,
  record: Pick<ReleaseRecordData, "environment" | "openedAt" | "id">,
): string {
  const opened = record.openedAt.replaceAll(/[:.]/g, "-");
  return join(folder, record.environment, `${opened}-${record.id.replaceAll(/[^A-Za-z0-9._-]/g, "-")}.json`);
}

/**
 * Writes the record's file, whole or not at all, with a checksum over all of it. One that is there is never written again.
 * @returns its path.
 * @throws Refusal when another text stands there.
 */
export async function writeRecordFile(folder: string, file: RecordFile): Promise<string> {
  const path = recordPath(folder, file.record);
  const text = sealed(file);
  const there = await readIfThere(path);
  if (there === undefined) await atomically(path, text);
  else if (there !== text) throw new Refusal("record", [{ where: path, ...anotherRecord(path) }]);
  return path;
}

/** Text of a file; undefined where there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** A record is history: what stands there is not written over. */
export function anotherRecord(path: string): Omit<Refusal["problems"][number], "where"> {
  return {
    found: "another record of the same release",
    allowed: "the record as it was written first",
    mend: `restore ${path} from git`,
  };
}

/**
 * All releases on record, of every environment.
 * @param folder `releases`; where it does not exist nothing was released yet.
 * @throws Refusal with every file that is no record: an unreadable one could be the newest.
 */
export async function readDeployments(folder: string): Promise<readonly Deployment[]> {
  const files = await recordFiles(folder);
  const read = await Promise.all(files.map(async (file) => deploymentOf(await readFile(file, "utf8"), file)));
  const broken = read.flatMap((one) => ("where" in one && "found" in one ? [one] : []));
  if (broken.length > 0) throw new Refusal(folder, broken);
  return read.flatMap((one) => ("environment" in one ? [one] : []));
}

async function recordFiles(folder: string): Promise<readonly string[]> {
  const environments = await entriesOf(folder);
  const files = await Promise.all(
    environments
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map(async ({ name }) =>
        (await entriesOf(join(folder, name)))
          .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
          .map((entry) => join(folder, name, entry.name)),
      ),
  );
  return files.flat().sort();
}

async function entriesOf(folder: string): ReturnType<typeof entriesWithTypes> {
  try {
    return await entriesWithTypes(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function entriesWithTypes(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true });
}

type Broken = Refusal["problems"][number];

function deploymentOf(text: string, where: string): Deployment | Broken {
  const broken = (found: string): Broken => ({
    where,
    found,
    allowed: "a release's record",
    mend: `restore ${where} from git`,
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return broken("no JSON");
  }
  const edited = brokenSeal(value);
  const result = recordFileSchema.safeParse(value);
  if (!result.success) {
    const issue = result.error.issues[0];
    return broken(`${issue?.path.join(".") ?? ""}: ${issue?.message ?? "another form"}`);
  }
  if (edited !== undefined) return broken(edited);
  const { record, lane, commits } = result.data;
  return {
    environment: record.environment,
    release: record.release,
    hash: record.hash,
    at: record.closedAt ?? record.openedAt,
    by: record.operator,
    outcome: record.outcome,
    // A record ends as released only after the running system answered as it should (rule N5).
    verified: record.outcome === "released",
    lane: lane.kind,
    pins: record.images.map(({ name, to }) => pinOf(name, to, commits[name])),
    schema: record.schema.to,
    where,
  };
}

function pinOf(name: string, image: string, commit: string | undefined): Pin {
  const { repository, tag, digest } = ImageReference.parse(image, name);
  return { name, repository: repository.toString(), tag: tag ?? "", digest: digest?.toString(), commit };
}
