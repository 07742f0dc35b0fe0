import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { AppsV1Api, CoreV1Api, DiscoveryV1Api } from "@kubernetes/client-node";
import { BSON, type Db } from "mongodb";
import { temporaryFolder } from "../../tools/job/pulumi-stack";
import type { System } from "../../tools/job/system";
import { packageRoot } from "../../lib/package-root";

/** Everything that a release could write to, as it is now; two looks at what nobody touched are equal. */
export async function seen(system: System, state: string): Promise<Readonly<Record<string, unknown>>> {
  return {
    database: await system.withDatabase(databaseOf),
    cluster: await clusterOf(system),
    registry: filesOf(join(state, "registry")),
    dumps: filesOf(join(state, "dumps")),
    project: filesOf(system.stack.project),
    pulumi: filesOf(join(state, "pulumi", "backend", ".pulumi", "stacks")),
    // Pulumi's Kubernetes provider leaves a kubeconfig at every run; nobody else may leave anything.
    temporary: readdirSync(temporaryFolder(state)).filter((name) => !/^kubeconfig\d+$/.test(name)),
    checkout: gitStatus(),
  };
}

/** Folders of sources: somebody may be working there while tests run. */
const sources = ["bench", "cli", "components", "docs", "lib", "test", "tools"];

/** The files of the checkout that differ from the last commit, and those that are nobody's; sources are left out. */
export function gitStatus(): string {
  const others = sources.map((folder) => `:(exclude)${folder}`);
  const args = ["status", "--porcelain", "--untracked-files=all", "--", ".", ...others];
  return execFileSync("git", args, { cwd: packageRoot(), encoding: "utf8" });
}

/** Databases, collections with options and indexes, and every document; the journal's and the lock's among them. */
async function databaseOf(db: Db): Promise<object> {
  const { databases } = await db.admin().listDatabases();
  const collections = await db.listCollections().toArray();
  const contents = collections.map(async ({ name, ...info }) => {
    const documents = await db.collection(name).find().sort({ _id: 1 }).toArray();
    const hash = createHash("sha256").update(BSON.EJSON.stringify(documents)).digest("hex");
    return [name, { info, indexes: await db.collection(name).indexes(), count: documents.length, hash }];
  });
  return {
    databases: databases.map(({ name }) => name).sort(),
    collections: Object.fromEntries(await Promise.all(contents)) as object,
  };
}

/** The version of every object of the namespace: it changes with each write, whoever writes. */
async function clusterOf(system: System): Promise<object> {
  const { namespace } = system;
  const [core, apps, discovery] = [
    system.kube().makeApiClient(CoreV1Api),
    system.kube().makeApiClient(AppsV1Api),
    system.kube().makeApiClient(DiscoveryV1Api),
  ];
  const lists = await Promise.all([
    core.listNamespacedPod({ namespace }),
    core.listNamespacedService({ namespace }),
    core.listNamespacedSecret({ namespace }),
    core.listNamespacedConfigMap({ namespace }),
    apps.listNamespacedDeployment({ namespace }),
    apps.listNamespacedStatefulSet({ namespace }),
    apps.listNamespacedReplicaSet({ namespace }),
    discovery.listNamespacedEndpointSlice({ namespace }),
  ]);
  const versions = lists.flatMap(({ kind, items }) =>
    items.map(({ metadata }) => [`${kind ?? ""} ${metadata?.name ?? ""}`, metadata?.resourceVersion]),
  );
  return Object.fromEntries(versions) as object;
}

/** Every file below a folder with its size and the time of its last change. */
function filesOf(folder: string): Readonly<Record<string, string>> {
  if (!existsSync(folder)) return {};
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    files.sort().map((file) => {
      const hash = createHash("sha256").update(readFileSync(file)).digest("hex");
      return [relative(folder, file), `${statSync(file).mtimeMs} ${hash}`];
    }),
  );
}
