import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { scratch } from "../scratch";

/** One resource that the program registered, with its inputs as Pulumi would send them. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly parent: string | undefined;
  readonly dependencies: readonly string[];
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly custom: boolean;
  /** Whether Pulumi refuses to delete it. */
  readonly protect: boolean;
}

const root = join(__dirname, "..", "..");

/** The `slipway:` config of a committed stack file, by key without prefix. */
export function committedConfig(environment: string): Record<string, unknown> {
  const file = parse(readFileSync(join(root, `Pulumi.${environment}.yaml`), "utf8")) as {
    config: Record<string, unknown>;
  };
  return Object.fromEntries(
    Object.entries(file.config).map(([key, value]) => [key.replace("slipway:", ""), value]),
  );
}

/** What must stand nowhere in clear. */
export interface Secrets {
  readonly releaseMongoUri: string;
  readonly runtimeMongoUri: string;
  readonly kubeconfigToken: string;
}

/** Those of a graph over a database of a test's own. */
export function secretsOver(database: { readonly uri: string; readonly writerUri: string }): Secrets {
  return {
    releaseMongoUri: database.uri,
    runtimeMongoUri: database.writerUri,
    kubeconfigToken: "token-of-the-cluster",
  };
}

/**
 * Runs `index.ts` under Pulumi's mocks with this config and returns all that it registered. The database is real: the program
 * asks it which way the release goes.
 */
export async function runProgram(
  stack: string,
  config: Readonly<Record<string, unknown>>,
  secrets: Secrets,
): Promise<readonly Registered[]> {
  const registered: Registered[] = [];
  const edges = new Map<string, readonly string[]>();
  const parents = new Map<string, string>();
  const protectedOnes = new Set<string>();
  provideFiles(secrets);
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, id, custom }) => {
        registered.push({
          type,
          name,
          urn: "",
          parent: undefined,
          dependencies: [],
          inputs: inputs as Record<string, unknown>,
          custom: custom ?? false,
          protect: false,
        });
        return { id: id ?? `${name}-id`, state: { ...(inputs as object), ...outputsOf(type) } };
      },
      call: ({ inputs }) => inputs as Record<string, unknown>,
    },
    "nmdc-runtime",
    stack,
    false,
  );
  recordEdges(edges, parents, protectedOnes);
  const flat = Object.entries(config).map(([key, value]) => [
    `slipway:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig(Object.fromEntries(flat) as Record<string, string>, [
    "slipway:releaseMongoUri",
    "slipway:runtimeMongoUri",
  ]);
  await pulumi.runtime.runInPulumiStack(async () => {
    forgetProgram();
    const program = (await import(join(root, "index.ts"))) as { default: () => Promise<object> };
    return program.default();
  });
  await pulumi.runtime.disconnect(false);
  return registered.map((resource) => {
    const urn =
      [...parents.keys()].find(
        (known) => known.endsWith(`::${resource.name}`) && known.includes(resource.type),
      ) ?? "";
    const protect = protectedOnes.has(urn);
    return { ...resource, urn, parent: parents.get(urn), dependencies: edges.get(urn) ?? [], protect };
  });
}

/** The mock monitor gives no edges; the registrations that reach it do. */
function recordEdges(
  edges: Map<string, readonly string[]>,
  parents: Map<string, string>,
  protectedOnes: Set<string>,
): void {
  const monitor = pulumi.runtime.getMonitor() as unknown as {
    registerResource(request: RegisterRequest, callback: (error: Error | null, response?: Urn) => void): void;
  };
  const original = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    original(request, (error, response) => {
      if (response) {
        parents.set(response.getUrn(), request.getParent());
        edges.set(response.getUrn(), request.getDependenciesList());
        if (request.getProtect()) protectedOnes.add(response.getUrn());
      }
      callback(error, response);
    });
  };
}

interface RegisterRequest {
  getParent(): string;
  getDependenciesList(): readonly string[];
  getProtect(): boolean;
}

interface Urn {
  getUrn(): string;
}

/** What real providers would answer, where the program reads it. */
function outputsOf(type: string): object {
  switch (type) {
    case "pulumi-nodejs:dynamic/slipway:DataMigration":
      return { recordId: "record-1", schemaVersion: "11.24.0" };
    case "pulumi-nodejs:dynamic/slipway:ReleaseRecord":
      return { record: recordOfMock };
    case "docker:index/image:Image":
      return { repoDigest: `registry/image@sha256:${"b".repeat(64)}` };
    default:
      return {};
  }
}

const recordOfMock = {
  environment: "prod",
  operator: "ana",
  outcome: "released",
  openedAt: "2026-11-21T10:00:00Z",
  schema: { package: "nmdc-schema", from: "11.23.0", to: "11.24.0" },
  images: [],
  collections: [],
  hash: "sha256:0",
};

/** The files that the stack files name: the embedded environment's description, and a kubeconfig. */
function provideFiles({ kubeconfigToken, releaseMongoUri, runtimeMongoUri }: Secrets): void {
  const state = scratch("graph");
  const kubeconfig = join(state, "kubeconfig");
  writeFileSync(kubeconfig, `token: ${kubeconfigToken}\n`);
  writeFileSync(
    join(state, "environment.json"),
    JSON.stringify({ kubeconfig, mongo: { uri: releaseMongoUri, userUri: runtimeMongoUri } }),
  );
  process.env["SLIPWAY_STATE"] = state;
  process.env["NMDC_KUBECONFIG"] = kubeconfig;
  process.env["NMDC_RELEASE_MONGO_URI"] = releaseMongoUri;
}

/** `index.ts` runs once a process; a test needs it once a stack. */
function forgetProgram(): void {
  for (const path of Object.keys(require.cache)) {
    if (path === join(root, "index.ts") || path.startsWith(join(root, "components")))
      Reflect.deleteProperty(require.cache, path);
  }
}
