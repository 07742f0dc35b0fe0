import { strict as assert } from "node:assert";
import type { ChildProcess } from "node:child_process";
import type { EmbeddedEnvironment } from "../../lib/config/embedded";
import type { ReleaseRecordData } from "../../lib/data/protocol";
import { imagesOf, nmdcDocuments } from "../../tools/job/main-job";
import type { PulumiRun } from "../../tools/job/pulumi-stack";
import { type PlannedRelease, System } from "../../tools/job/system";
import { packageRoot } from "../../lib/package-root";
import { embedded, embeddedState } from "../embedded";

/** The releases that tests go through: the second migrates data, the third changes code only. */
export const releases = {
  first: { version: "v2.18.0", schema: "11.23.0" },
  second: { version: "v2.19.0", schema: "11.24.0" },
  third: { version: "v2.19.1", schema: "11.24.0" },
} as const;

/** What the data and the workloads look like from outside. */
export interface Seen {
  readonly hashes: Readonly<Record<string, number>>;
  readonly images: Readonly<Record<string, string>>;
}

/** NMDC Runtime, released once, on a namespace, a database and a stack of the test's own. */
export class Nmdc {
  private constructor(
    readonly environment: EmbeddedEnvironment,
    readonly system: System,
    readonly first: PlannedRelease,
  ) {}

  static async released(name: string): Promise<Nmdc> {
    const environment = await embedded();
    const system = await System.create(environment, packageRoot(), embeddedState, name);
    const first = await imagesOf(environment, releases.first);
    await system.seed(nmdcDocuments(packageRoot()));
    system.plan(first);
    succeeds(await system.stack.up());
    return new Nmdc(environment, system, first);
  }

  images(release: { readonly version: string; readonly schema: string }): Promise<PlannedRelease> {
    return imagesOf(this.environment, release);
  }

  record(): Promise<ReleaseRecordData> {
    return this.system.record();
  }

  /** Schema version in the database, and how many documents stand in each collection of the system. */
  async data(): Promise<{ readonly schema: string; readonly documents: Readonly<Record<string, number>> }> {
    return this.system.withDatabase(async (db) => {
      const state = await db
        .collection<{ _id: string; version: string }>("_slipway_state")
        .findOne({ _id: "schema" });
      const names = (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
      const own = names.filter((name) => !name.startsWith("_slipway") && !name.includes("__")).sort();
      const counts = await Promise.all(
        own.map(async (name) => [name, await db.collection(name).countDocuments()] as const),
      );
      return { schema: state?.version ?? "none", documents: Object.fromEntries(counts) };
    });
  }

  /** Waits until no release is under way. */
  settled(): Promise<void> {
    return this.system.settled();
  }

  /** The old release stands: its data whole, its images in the cluster, writes open to an ordinary user. */
  async assertFirstStands(): Promise<void> {
    await this.settled();
    const { schema, documents } = await this.data();
    assert.equal(schema, releases.first.schema);
    assert.equal(
      Object.values(documents).reduce((sum, count) => sum + count, 0),
      Object.values(nmdcDocuments(packageRoot())).reduce((sum, { length }) => sum + length, 0),
    );
    await this.system.asUser((db) =>
      db.collection("biosample_set").updateOne({ id: "nmdc:none" }, { $set: { name: "a" } }),
    );
    await this.assertRuns(this.first);
  }

  /** Every workload's image in the cluster is the release's. */
  async assertRuns(release: PlannedRelease): Promise<void> {
    const running = await this.system.runningImages();
    const reference = (name: string): string => {
      const image = release.images[name];
      return `${image?.repository ?? ""}:${release.version}@${image?.digest ?? ""}`;
    };
    assert.deepEqual(running, {
      "runtime-api": reference("fastapi"),
      "dagster-daemon": reference("dagster"),
      "dagster-dagit": reference("dagster"),
    });
  }
}

export function succeeds({ code, output }: PulumiRun): string {
  assert.equal(code, 0, output);
  return output;
}

/** The run ended with an error that says all of this. */
export function failsWith({ code, output }: PulumiRun, ...says: readonly RegExp[]): void {
  assert.notEqual(code, 0, output);
  for (const pattern of says) assert.match(output, pattern);
}

/**
 * A pod of a StatefulSet that never becomes Ready, as whoever looks first says it: Pulumi's provider where it waits for this roll-out,
 * the verification where the provider took the former roll-out's status for this one's. Which of them is a race inside the provider.
 */
export function neverReady(service: string, ordinal: number): RegExp {
  const pod = `${service}-${String(ordinal)}`;
  return new RegExp(
    `${service}, pod ${pod}: found not ready|\\[Pod \\S+/${pod}\\]: containers with unready status: \\[${service}\\]`,
  );
}

/** Resolves when the CLI has printed this; rejects when it ended before. */
export function printed(cli: ChildProcess, wanted: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = "";
    cli.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (wanted.test(output)) resolve();
    });
    cli.once("close", () => {
      reject(new Error(`pulumi ended without printing ${wanted.source}:\n${output}`));
    });
  });
}
