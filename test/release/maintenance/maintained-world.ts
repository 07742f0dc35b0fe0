import { join } from "node:path";
import { DateTime } from "luxon";
import { MongoClient } from "mongodb";
import { withMaintenance } from "../../../cli/maintenance-place";
import { type MaintenanceConfig, maintenanceSchema } from "../../../lib/config/maintenance";
import type { ReleaseSpec } from "../../../lib/data/protocol";
import type { OwnMaintenance } from "../../../lib/release/maintenance/ledger";
import { noticeOf } from "../../../lib/release/maintenance/notice";
import { startMaintenance } from "../../../lib/release/maintenance/start";
import { stopMaintenance } from "../../../lib/release/maintenance/stop";
import { providePrograms } from "../../../tools/programs/recipe";
import { startServer, type TestServer } from "../../data/server";

/** A record as a service keeps it in its own database. */
export interface StoredRecord {
  readonly title: string;
  readonly message: string;
  readonly start_date: Date;
  readonly end_date: Date | null;
}

type Words = readonly string[];

/** Two services that keep maintenance records in real databases, told by their real program as a process of this machine. */
export class MaintainedWorld {
  readonly lines: string[] = [];
  private runs = 0;

  private constructor(
    private readonly server: TestServer,
    private readonly client: MongoClient,
    readonly program: string,
  ) {}

  static async start(): Promise<MaintainedWorld> {
    const server = await startServer();
    process.env["MONGO_URI"] = server.writerUri;
    process.env["MAINTENANCE_TEST_STORE"] = server.uri;
    const program = join(await providePrograms(), "maintained");
    return new MaintainedWorld(server, await MongoClient.connect(server.uri), program);
  }

  async stop(): Promise<void> {
    await this.client.close();
    await this.server.stop();
  }

  /** No record, no ledger: as before the first release. */
  async empty(): Promise<void> {
    for (const name of ["atmosphere", "troposphere", "atmosphere_release"])
      await this.client.db(name).dropDatabase();
    this.lines.length = 0;
  }

  /** The command of a service. */
  command(service: string, ...words: Words): string[] {
    return ["env", `MONGO_DATABASE=${service}`, this.program, "maintenance", ...words];
  }

  config(change: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {}): MaintenanceConfig {
    const service = (name: string): object => ({
      in: "process",
      start: this.command(name, "start", "--title", "{title}", "--message", "{message}"),
      stop: this.command(name, "stop", "--title", "{title}"),
      show: this.command(name, "show"),
      dryRun: this.command(name, "start", "--title", "{title}", "--message", "{message}", "--dry-run"),
      ...change[name],
    });
    return maintenanceSchema.parse({
      name: "Atmosphere",
      timeout: 30,
      services: { atmosphere: service("atmosphere"), troposphere: service("troposphere") },
    });
  }

  /** Starts it for a release at a time, as `pulumi up` does. */
  start(config: MaintenanceConfig, release = "v36-1", at = "2019-06-16T16:00:00Z"): Promise<OwnMaintenance> {
    const now = DateTime.fromISO(at, { zone: "utc" }) as DateTime<true>;
    const window = {
      kind: "weekly",
      days: [1, 2, 3, 4, 5, 6, 7],
      from: "09:00",
      to: "16:00",
      zone: "America/Phoenix",
    } as const;
    const notice = noticeOf({ name: "Atmosphere", release, window, minutes: 45, zone: "UTC" }, now);
    this.runs += 1;
    return withMaintenance(this.spec(), config, ({ services, ledger }) =>
      startMaintenance(services, ledger, {
        environment: "prod",
        release,
        hash: `sha256:${release}`,
        notice,
        run: `run ${this.runs}`,
        by: "ana",
        now: at,
        say: this.say,
      }),
    );
  }

  end(config: MaintenanceConfig, by = "ana"): ReturnType<typeof stopMaintenance> {
    return withMaintenance(this.spec(), config, ({ services, ledger }) =>
      stopMaintenance(services, ledger, {
        environment: "prod",
        by,
        now: "2019-06-16T17:00:00Z",
        say: this.say,
      }),
    );
  }

  ledger(): Promise<OwnMaintenance | undefined> {
    return withMaintenance(this.spec(), this.config(), ({ ledger }) => ledger.read());
  }

  /** Writes into the ledger what a process left that was killed there. */
  leave(own: OwnMaintenance): Promise<void> {
    return withMaintenance(this.spec(), this.config(), ({ ledger }) => ledger.write(own));
  }

  /** Another's maintenance, put on by hand. */
  async foreign(service: string, title: string): Promise<void> {
    await this.client
      .db(service)
      .collection("maintenance_records")
      .insertOne({ title, message: "", start_date: new Date(0), end_date: null, disable_login: true });
  }

  /** What a way back does to a service that keeps its records in released data: one that was ended is on again. */
  async bringBack(service: string, title: string): Promise<void> {
    const records = this.client.db(service).collection("maintenance_records");
    await records.updateOne({ title }, { $set: { end_date: null } });
  }

  records(service: string): Promise<StoredRecord[]> {
    return this.client
      .db(service)
      .collection<StoredRecord>("maintenance_records")
      .find({}, { projection: { _id: 0 } })
      .toArray();
  }

  /** Titles that are on, read from the services' databases: started, and without end or with one to come. */
  async on(): Promise<Readonly<Record<"atmosphere" | "troposphere", readonly string[]>>> {
    const titles = async (service: string): Promise<readonly string[]> => {
      const now = new Date();
      const active = (await this.records(service)).filter(
        ({ start_date, end_date }) => start_date <= now && (end_date === null || end_date > now),
      );
      return active.map(({ title }) => title).sort();
    };
    return { atmosphere: await titles("atmosphere"), troposphere: await titles("troposphere") };
  }

  spec(): ReleaseSpec {
    return {
      system: "atmosphere",
      environment: "prod",
      store: {
        kind: "mongodb",
        uri: { kind: "env", name: "MAINTENANCE_TEST_STORE" },
        database: "atmosphere_release",
      },
      cluster: { kubeconfig: { kind: "file", path: "none" }, namespace: "atmosphere", workloads: [] },
    } as unknown as ReleaseSpec;
  }

  private readonly say = (line: string): void => {
    this.lines.push(line);
  };
}
