import { createHash } from "node:crypto";

/** A system of the example history, as its stack files have it. */
export interface ExampleSystem {
  readonly name: string;
  /** Repository of each image. */
  readonly images: Readonly<Record<string, string>>;
  readonly schema: string;
  readonly source: string;
  readonly scheme: string;
  readonly environments: readonly ExampleEnvironment[];
}

export interface ExampleEnvironment {
  readonly name: string;
  readonly grade: "development" | "staging" | "production";
  readonly replicas: number;
  readonly gates: string;
  /** Further lines of its stack file. */
  readonly more: string;
}

/** Two systems of the kind that this program was made for. Their releases here are made up. */
export const nmdc: ExampleSystem = {
  name: "nmdc-runtime",
  images: {
    fastapi: "ghcr.io/microbiomedata/nmdc-runtime-fastapi",
    dagster: "ghcr.io/microbiomedata/nmdc-runtime-dagster",
  },
  schema: "nmdc-schema",
  source: "microbiomedata/nmdc-runtime",
  scheme: "semver",
  environments: [
    { name: "dev", grade: "development", replicas: 1, gates: "{ preset: none }", more: "" },
    { name: "staging", grade: "staging", replicas: 1, gates: "{ preset: none }", more: "" },
    {
      name: "prod",
      grade: "production",
      replicas: 3,
      gates: "{ preset: nmdc, add: [H3, W1] }",
      more: "  slipway:window: { kind: weekly, days: [2, 4], from: '08:00', to: '10:00', zone: America/Los_Angeles }\n",
    },
  ],
};

export const fragalysis: ExampleSystem = {
  name: "fragalysis",
  images: { stack: "docker.io/xchem/fragalysis-stack" },
  schema: "fragalysis-schema",
  source: "xchem/fragalysis-stack",
  scheme: "calver",
  environments: [
    { name: "fragalysis-staging", grade: "staging", replicas: 1, gates: "{ preset: none }", more: "" },
    {
      name: "fragalysis-production",
      grade: "production",
      replicas: 2,
      gates: "{ preset: fragalysis }",
      more: "",
    },
  ],
};

/** What a stack file asks for in one release. */
export interface ExampleRelease {
  readonly release: string;
  readonly schema: string;
  readonly lane?: string;
}

export function stackFile(
  system: ExampleSystem,
  environment: ExampleEnvironment,
  { release, schema, lane }: ExampleRelease,
): string {
  const images = Object.entries(system.images).map(
    ([name, repository]) =>
      `    ${name}:\n      repository: ${repository}\n      tag: ${release}\n      digest: ${digestOf(name, release)}\n`,
  );
  const [api = ""] = Object.keys(system.images);
  const services = Object.keys(system.images).map((image) =>
    image === api
      ? `    ${image}: { image: ${image}, replicas: ${environment.replicas}, port: 8000 }\n`
      : `    ${image}: { image: ${image} }\n`,
  );
  const chain = system.environments.map(({ name }) => name).join(", ");
  return `config:
  slipway:system: ${system.name}
  slipway:environment: ${environment.name}
  slipway:grade: ${environment.grade}
  slipway:release: ${release}
${lane === undefined ? "" : `  slipway:lane: ${lane}\n`}  slipway:cluster: { kind: context, kubeconfig: { env: KUBECONFIG_FILE }, context: ${environment.name}, namespace: ${system.name} }
  slipway:images:
${images.join("")}  slipway:services:
${services.join("")}  slipway:data:
    store: { kind: mongodb, uri: { secret: releaseMongoUri }, database: ${system.name} }
    schema: { package: ${system.schema}, version: ${schema} }
    keep: { releases: 2 }
  slipway:sources:
    ${system.name}:
      clone: ../${system.name}
      forge: { kind: github, project: ${system.source} }
      scheme: ${system.scheme}
      branch: main
      images: [${Object.keys(system.images).join(", ")}]
  slipway:gates: ${environment.gates}
  slipway:promotion: { chain: [${chain}], soakHours: 24 }
${environment.more}`;
}

/** A digest that only depends on what it stands for. */
export function digestOf(image: string, release: string): string {
  return `sha256:${createHash("sha256").update(`${image} ${release}`).digest("hex")}`;
}
