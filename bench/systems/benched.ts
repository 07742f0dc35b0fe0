import type { EmbeddedEnvironment } from "../../lib/config/embedded";
import { packageRoot } from "../../lib/package-root";
import { Atmosphere } from "../../tools/examples/atmosphere";
import { atmospherePlaces } from "../../tools/examples/atmosphere-places";
import { Fragalysis } from "../../tools/examples/fragalysis";
import type { Triple } from "../../tools/examples/fragalysis-builds";
import { HcaIngest } from "../../tools/examples/hca-ingest";
import { imagesOf, nmdcDocuments } from "../../tools/job/main-job";
import type { PulumiStack } from "../../tools/job/pulumi-stack";
import { System } from "../../tools/job/system";

/** What is released, one after the other: what runs, then code alone, then code with a migration of the data. */
export const kinds = ["first", "code", "data"] as const;
export type Kind = (typeof kinds)[number];

/** A system in its first environment. */
export interface Benched {
  readonly name: string;
  readonly stack: PulumiStack;
  readonly namespace: string;
  /** Makes the images of a release and writes it into the stack file: all but the `pulumi up`. */
  readonly prepare: (kind: Kind) => Promise<void>;
}

type Make = (environment: EmbeddedEnvironment, state: string, signal: AbortSignal) => Promise<Benched>;

async function nmdc(environment: EmbeddedEnvironment, state: string, signal: AbortSignal): Promise<Benched> {
  const releases = {
    first: { version: "v2.18.0", schema: "11.23.0" },
    code: { version: "v2.18.1", schema: "11.23.0" },
    data: { version: "v2.19.0", schema: "11.24.0" },
  };
  const system = await System.create(environment, packageRoot(), state, "bench", signal);
  await system.seed(nmdcDocuments(packageRoot()));
  const { stack, namespace } = system;
  const prepare = async (kind: Kind): Promise<void> => {
    system.plan(await imagesOf(environment, releases[kind]));
  };
  return { name: "NMDC Runtime, dev", stack, namespace, prepare };
}

async function hcaIngest(
  environment: EmbeddedEnvironment,
  state: string,
  signal: AbortSignal,
): Promise<Benched> {
  const releases = {
    first: {
      release: "d2026-11-02.1",
      schema: "1.0.0",
      apps: ["ingest-core", "ingest-validator", "ingest-exporter", "ontology"],
    },
    code: { release: "d2026-11-09.1", schema: "1.0.0", apps: ["ingest-core"] },
    data: { release: "d2026-11-16.1", schema: "1.1.0", apps: ["ingest-core", "ontology"] },
  } as const;
  const hca = await HcaIngest.create(environment, state, undefined, signal);
  const prepare = async (kind: Kind): Promise<void> => {
    const { release, schema, apps } = releases[kind];
    hca.pin(release, schema, await hca.build(apps, { schema, what: release }));
    await hca.firstStep("dev");
  };
  const { namespace } = hca.platforms.dev;
  return { name: "HCA Ingest, dev", stack: hca.stacks.dev, namespace, prepare };
}

async function atmosphere(
  environment: EmbeddedEnvironment,
  state: string,
  signal: AbortSignal,
): Promise<Benched> {
  const releases = {
    first: { release: "v37-2", schema: "37.2" },
    code: { release: "v37-3", schema: "37.2" },
    data: { release: "v37-4", schema: "37.4" },
  };
  const system = await Atmosphere.create(environment, state, undefined, signal);
  const prepare = async (kind: Kind): Promise<void> => {
    const { release, schema } = releases[kind];
    const other = kind === "first" ? { troposphere: await system.build("troposphere", "v36-6", schema) } : {};
    const pins = { ...other, atmosphere: await system.build("atmosphere", release, schema) };
    system.pin("beta", { release, schema, pins });
  };
  const { namespace } = atmospherePlaces.beta;
  return { name: "Atmosphere, beta", stack: system.stacks.beta, namespace, prepare };
}

async function fragalysis(
  environment: EmbeddedEnvironment,
  state: string,
  signal: AbortSignal,
): Promise<Benched> {
  const first: Triple = { backend: "2026.07.1", frontend: "2026.08.1", stack: "2026.08.1" };
  const releases: Readonly<Record<Kind, { readonly tags: Triple; readonly schema: string }>> = {
    first: { tags: first, schema: "2026.7.1" },
    code: { tags: { ...first, backend: "2026.07.2", stack: "2026.08.2" }, schema: "2026.7.1" },
    data: { tags: { ...first, backend: "2026.08.1", stack: "2026.08.3" }, schema: "2026.8.1" },
  };
  const system = await Fragalysis.create(environment, state, undefined, signal);
  await system.refreshed();
  await system.builds.frontend(first.frontend);
  const prepare = async (kind: Kind): Promise<void> => {
    const { tags, schema } = releases[kind];
    await system.builds.backend(tags.backend, schema);
    system.builds.stack(tags);
    await system.pinned("staging", tags, schema);
  };
  const { namespace } = system.platforms.staging;
  return { name: "Fragalysis, staging", stack: system.stacks.staging, namespace, prepare };
}

/** The systems, each with the first of its environments. */
export const systems: readonly Make[] = [nmdc, fragalysis, atmosphere, hcaIngest];
