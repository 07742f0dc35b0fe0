import type { Json } from "../lib/content-hash";
import type { MaintenanceConfig } from "../lib/config/maintenance";
import { status } from "../lib/data/conductor/status";
import { Journal } from "../lib/data/journal/journal";
import type { SmallDocuments } from "../lib/data/journal/ledger";
import type { DataStatus, ReleaseSpec } from "../lib/data/protocol";
import { Secrets } from "../lib/data/secrets";
import { openStore } from "../lib/data/open-store";
import { Refusal } from "../lib/problem";
import type { MaintenanceLedger, OwnMaintenance } from "../lib/release/maintenance/ledger";
import type { MaintainedService } from "../lib/release/maintenance/maintained-service";
import { servicesOf } from "../lib/release/maintenance/services-of";

/** What is needed to start, end or look at the maintenance of an environment: its services, its ledger, what holds. */
export interface MaintenancePlace {
  readonly services: readonly MaintainedService[];
  readonly ledger: MaintenanceLedger;
  /** What the database's journal says now. */
  readonly status: () => Promise<DataStatus>;
}

/**
 * Works with the services of a stack file and the ledger in the release's own database.
 * @throws Refusal when the database cannot be reached.
 */
export async function withMaintenance<Result>(
  spec: ReleaseSpec,
  config: MaintenanceConfig,
  use: (place: MaintenancePlace) => Promise<Result>,
): Promise<Result> {
  const { cluster } = spec;
  if (cluster === undefined) throw new Refusal("maintenance", [noCluster]);
  const store = await openStore(spec.store, new Secrets());
  try {
    return await use({
      services: servicesOf(config, cluster, process.cwd()),
      ledger: new DatabaseLedger(store.ledger.documents),
      status: () => status({ spec, store, journal: new Journal(store.ledger, () => store.now()) }),
    });
  } finally {
    await store.close();
  }
}

const noCluster = {
  where: "slipway:cluster",
  found: "no cluster",
  allowed: "the cluster of the services",
  mend: "edit the stack file",
};

/** Whether the release of this hash is what stands, whole and open: then nothing is released, and nobody is locked out. */
export function stands(found: DataStatus, hash: string): boolean {
  return found.hash === hash && found.open === undefined && found.writes === "open";
}

const maintenanceId = "maintenance";

/** Beside the lock and the schema that holds, so that every machine that can release finds it. */
class DatabaseLedger implements MaintenanceLedger {
  constructor(private readonly documents: SmallDocuments) {}

  async read(): Promise<OwnMaintenance | undefined> {
    const found = (await this.documents.read(maintenanceId)) as { readonly maintenance: Json } | undefined;
    return found?.maintenance as OwnMaintenance | undefined;
  }

  async write(own: OwnMaintenance): Promise<void> {
    await this.documents.write(maintenanceId, { maintenance: own as unknown as Json });
  }
}
