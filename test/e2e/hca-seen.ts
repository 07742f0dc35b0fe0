import { strict as assert } from "node:assert";
import type { HcaApp, HcaEnvironment, HcaIngest } from "../../tools/examples/hca-ingest";

/** Images of the services, as they were built. */
export type Images = Awaited<ReturnType<HcaIngest["build"]>>;

export const all = ["ingest-core", "ingest-validator", "ingest-exporter", "ontology"] as const;

/** What everybody sees of a released HCA Ingest: its workloads and its data. */
export class HcaSeen {
  constructor(private readonly hca: HcaIngest) {}

  /** Every workload runs what was built. */
  async assertRuns(environment: HcaEnvironment, built: Images): Promise<void> {
    const running = await this.hca.platforms[environment].images();
    for (const app of all) assert.equal(digestIn(running[app]), built[app]?.digest, app);
  }

  /** The data of the first release is whole and open to an ordinary user. */
  async assertFirstStands(environment: HcaEnvironment): Promise<void> {
    await this.hca.data[environment].settled();
    assert.deepEqual(await this.states(environment), { "Metadata valid": 0, Valid: 15 });
    await this.hca.data[environment].asUser((db) =>
      db.collection("project").updateOne({ uuid: "none" }, { $set: { name: "a" } }),
    );
  }

  /** The image of the ontology that a service was restarted for last. */
  async restartedFor(environment: HcaEnvironment, name: HcaApp): Promise<string | undefined> {
    const platform = this.hca.platforms[environment];
    const { spec } = await platform.apps().readNamespacedDeployment({ name, namespace: platform.namespace });
    return spec?.template.metadata?.annotations?.["slipway.dev/restarted-for-ontology"];
  }

  /** How many submissions are in the state that the second release renames, by its new and its old name. */
  async states(environment: HcaEnvironment): Promise<Readonly<Record<string, number>>> {
    return this.hca.data[environment].withDatabase(async (db) => {
      const count = (submissionState: string): Promise<number> =>
        db.collection("submissionEnvelope").countDocuments({ submissionState });
      return { "Metadata valid": await count("Metadata valid"), Valid: await count("Valid") };
    });
  }
}

export function digestIn(image: string | undefined): string | undefined {
  return image?.split("@")[1];
}
