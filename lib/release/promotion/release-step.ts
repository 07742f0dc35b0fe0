import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DateTime } from "luxon";
import { z } from "zod";
import { contentHash } from "../../content-hash";
import type { Registry } from "../../evidence/registry";
import { Refusal, type Problem } from "../../problem";
import type { Pin } from "../gates/deployment";
import { ImageReference } from "../references/image-reference";
import { retagEnvironments, RetagVersion } from "../versions/retag-version";
import { atomically } from "./atomic-file";

const releasedSchema = z.strictObject({
  environment: z.string(),
  release: z.string(),
  /** Over the images' digests: what this release is of. */
  of: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  state: z.enum(["started", "finished"]),
  at: z.iso.datetime({ offset: true }),
  by: z.string(),
  images: z.record(
    z.string(),
    z.strictObject({ repository: z.string(), tag: z.string(), digest: z.string() }),
  ),
});

/** The first of the two steps of a release, on record (rule H7). */
export type Released = z.infer<typeof releasedSchema>;

/** One file per content: releasing the same digests again finds it, and does nothing twice. */
export function releasedPath(folder: string, environment: string, pins: readonly Pin[]): string {
  return join(
    folder,
    environment,
    "released",
    `${contentOf(pins).slice("sha256:".length, "sha256:".length + 16)}.json`,
  );
}

function contentOf(pins: readonly Pin[]): string {
  const digests = [...pins]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, digest }) => [name, digest ?? ""]);
  return contentHash(digests);
}

/**
 * What a release would be called: every image by its environment, commit and second (rule H9).
 * @throws Refusal for images without digest or commit: neither is guessed.
 */
export function planRelease(
  environment: string,
  release: string,
  pins: readonly Pin[],
  now: string,
  by: string,
): Released {
  const known = retagEnvironments.find((name) => name === environment);
  const problems: Problem[] = [
    ...(known === undefined
      ? [
          {
            where: "environment",
            found: environment,
            allowed: retagEnvironments.join(", "),
            mend: "name one of these",
          },
        ]
      : []),
    ...pins.flatMap(({ name, digest, commit }) => [
      ...(digest === undefined ? [missing(name, "digest", `slipway pin ${environment}`)] : []),
      ...(commit === undefined ? [missing(name, "commit", "write the commit that it was built from")] : []),
    ]),
  ];
  if (problems.length > 0 || known === undefined) throw new Refusal(`release ${environment}`, problems);
  const at = DateTime.fromISO(now, { zone: "utc" });
  const images = pins.map(
    ({ name, repository, digest = "", commit = "" }) =>
      [name, { repository, tag: RetagVersion.make(known, commit, at).toString(), digest }] as const,
  );
  return {
    environment,
    release,
    of: contentOf(pins),
    state: "started",
    at: at.toISO() ?? now,
    by,
    images: Object.fromEntries(images),
  };
}

function missing(name: string, what: string, mend: string): Problem {
  return { where: `slipway:images.${name}.${what}`, found: "nothing", allowed: `the image's ${what}`, mend };
}

/** The release that is on record for these pins; undefined when there is none. @throws Refusal when its file is none. */
export async function readReleased(path: string): Promise<Released | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    return releasedSchema.parse(JSON.parse(text));
  } catch {
    throw new Refusal("release step", [
      {
        where: path,
        found: "no record of a release step",
        allowed: "what `slipway release` wrote",
        mend: `restore ${path} from git, or remove it and release again`,
      },
    ]);
  }
}

/**
 * Gives every image its release tag and writes the record, which is begun before and finished after: a run that died in between is
 * gone on with under the same tags, and a finished one does nothing again.
 * @throws Refusal with every image that could not be tagged; the record stays begun.
 */
export async function carryOutRelease(
  path: string,
  planned: Released,
  registry: Registry,
): Promise<{ readonly released: Released; readonly did: "released" | "nothing" }> {
  const earlier = await readReleased(path);
  if (earlier?.state === "finished") return { released: earlier, did: "nothing" };
  const begun = earlier ?? planned;
  if (earlier === undefined) await atomically(path, textOf(begun));
  const problems: Problem[] = [];
  for (const { repository, tag, digest } of Object.values(begun.images)) {
    const finding = await registry.retag(ImageReference.of({ repository, digest }), tag);
    if (finding.finding !== "found") problems.push(finding.problem);
    else if (finding.value.toString() !== digest) {
      problems.push({
        where: `${repository}:${tag}`,
        found: finding.value.toString(),
        allowed: digest,
        mend: "find out who else pushes this tag",
      });
    }
  }
  if (problems.length > 0) throw new Refusal(`release ${begun.environment}`, problems);
  const released: Released = { ...begun, state: "finished" };
  await atomically(path, textOf(released));
  return { released, did: "released" };
}

function textOf(released: Released): string {
  return `${JSON.stringify(released, undefined, 2)}\n`;
}
