import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { providePrograms, type Program } from "../programs/recipe";
import { makeImage, programContent, type Image, type ImageContent } from "./image";
import { LoopbackRegistry } from "./registry";

/** A release of the embedded system. */
export interface ImageRelease {
  /** Example: `v2.19.0`. */
  readonly version: string;
  /** Version of the schema that the code was made for. Example: `11.24.0`. */
  readonly schema: string;
  /** Commit of the code; made up from version and schema when it is absent. */
  readonly commit?: string;
}

/** How the API of a release behaves; tests make it misbehave, to see the release go red. */
export type ApiBehaviour =
  | { readonly kind: "honest" }
  /** It runs, and its readiness probe fails for ever. */
  | { readonly kind: "never-ready" }
  /** It answers with another version, or another schema, than is true. */
  | { readonly kind: "lies"; readonly version?: string; readonly schema?: string };

/** Where an image lies, as a stack file names it. */
export interface PushedImage {
  /** Example: `127.0.0.1:41231/nmdc-runtime-fastapi`. */
  readonly repository: string;
  /** The registry's answer. */
  readonly digest: string;
}

/** The images of the embedded system, by their names in the stack file (rule N4: two images, three workloads). */
const repositories = {
  fastapi: { repository: "nmdc-runtime-fastapi", program: "api" },
  dagster: { repository: "nmdc-runtime-dagster", program: "daemon" },
} as const satisfies Record<string, { repository: string; program: Program }>;
export type SystemImage = keyof typeof repositories;

/**
 * Makes the images of a release and pushes them, tagged with its version.
 * @param registry host and port of the embedded registry.
 * @throws Refusal when a program cannot be built or the registry does not take an image.
 */
export async function makeImages(
  registry: string,
  release: ImageRelease,
  behaviour = behaviourOf(release.version),
): Promise<Readonly<Record<SystemImage, PushedImage>>> {
  const push = async (name: SystemImage): Promise<PushedImage> => {
    const { repository, program } = repositories[name];
    const image = await systemImage(program, release, program === "api" ? behaviour : { kind: "honest" });
    return {
      repository: `${registry}/${repository}`,
      digest: await client.push(repository, release.version, image),
    };
  };
  const client = new LoopbackRegistry(registry);
  return { fastapi: await push("fastapi"), dagster: await push("dagster") };
}

/** Makes and pushes the image of the writer, which goes on writing as users do. */
export async function makeWriterImage(registry: string): Promise<PushedImage> {
  const image = await makeImage({ ...(await content("writer")), env: {}, labels: {} });
  const repository = "slipway-writer";
  const digest = await new LoopbackRegistry(registry).push(repository, "latest", image);
  return { repository: `${registry}/${repository}`, digest };
}

/** Makes and pushes the image of a service that keeps maintenance records, as Atmosphere's do (rules A12, A18). */
export async function makeMaintainedImage(registry: string, tag = "v1"): Promise<PushedImage> {
  const labels = { "org.opencontainers.image.version": tag };
  const image = await makeImage({ ...(await content("maintained")), env: {}, labels });
  const repository = "slipway-maintained";
  const digest = await new LoopbackRegistry(registry).push(repository, tag, image);
  return { repository: `${registry}/${repository}`, digest };
}

/** The image of one program of a release. The same release gives the same digest. @param env further environment, baked in. */
export async function systemImage(
  program: Program,
  release: ImageRelease,
  behaviour: ApiBehaviour,
  env: Readonly<Record<string, string>> = {},
): Promise<Image> {
  const commit = release.commit ?? madeUpCommit(release);
  return makeImage({
    ...(await content(program)),
    env: {
      RELEASE_VERSION: release.version,
      SCHEMA_VERSION: release.schema,
      RELEASE_COMMIT: commit,
      ...env,
      ...environmentOf(behaviour),
    },
    labels: {
      "org.opencontainers.image.version": release.version,
      "org.opencontainers.image.revision": commit,
      "org.slipway.schema-version": release.schema,
    },
  });
}

async function content(program: Program): Promise<Pick<ImageContent, "files" | "start">> {
  return programContent(program, await readFile(join(await providePrograms(), program)));
}

/**
 * The behaviour that a version's name asks for: `v2.19.0-never-ready` is never ready, `v2.19.0-lies` names a version that
 * nobody released, every other one is honest. So a broken release of the examples looks broken wherever it is named.
 */
export function behaviourOf(version: string): ApiBehaviour {
  if (version.endsWith("-never-ready")) return { kind: "never-ready" };
  if (version.endsWith("-lies")) return { kind: "lies", version: "v0.0.0-a-lie" };
  return { kind: "honest" };
}

function environmentOf(behaviour: ApiBehaviour): Record<string, string> {
  if (behaviour.kind === "never-ready") return { NEVER_READY: "1" };
  if (behaviour.kind === "honest") return {};
  return {
    ...(behaviour.version === undefined ? {} : { LIE_VERSION: behaviour.version }),
    ...(behaviour.schema === undefined ? {} : { LIE_SCHEMA: behaviour.schema }),
  };
}

function madeUpCommit({ version, schema }: ImageRelease): string {
  return createHash("sha1").update(`${version} ${schema}`).digest("hex");
}
