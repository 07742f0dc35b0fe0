import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "../../lib/content-hash";
import { makeMaintainedImage } from "../../tools/images/make-images";
import { providePrograms } from "../../tools/programs/recipe";
import { packageRoot } from "../../lib/package-root";
import { MongoClient } from "mongodb";
import { embeddedState } from "../embedded";
import type { Nmdc } from "./nmdc";

/** A record of a maintenance, as a service keeps it. */
export interface MaintenanceRecord {
  readonly title: string;
  readonly message: string;
  readonly start_date: Date;
  readonly end_date: Date | null;
}

export const maintained = ["atmosphere", "troposphere"] as const;
type Service = (typeof maintained)[number];

/** Two services beside NMDC Runtime that keep maintenance records, each in a database of its own. */
export class Maintained {
  private constructor(
    private readonly nmdc: Nmdc,
    private readonly program: string,
    private readonly uriFile: string,
  ) {}

  static async beside(nmdc: Nmdc): Promise<Maintained> {
    const uriFile = join(embeddedState, `${nmdc.system.name}-mongo-uri`);
    writeFileSync(uriFile, nmdc.environment.mongo.userUri, { mode: 0o600 });
    return new Maintained(nmdc, join(await providePrograms(), "maintained"), uriFile);
  }

  /** Puts the services into the stack file as workloads of the system. */
  async deployInPods(): Promise<void> {
    const { system, environment } = this.nmdc;
    const { repository, digest } = await makeMaintainedImage(environment.registry);
    system.set(["images", "maintained"], { repository, tag: "v1", digest });
    for (const service of maintained) {
      system.set(["services", service], {
        image: "maintained",
        port: 8000,
        ready: { path: "/health" },
        env: {
          MONGO_URI: { secret: "nmdc-runtime-mongo", key: "uri" },
          MONGO_DATABASE: this.database(service),
        },
      });
    }
  }

  /** The section of the stack file. @param change members of one service that are to be otherwise. */
  section(where: "pod" | "process", change: Partial<Record<Service, Record<string, Json>>> = {}): Json {
    const service = (name: Service): Record<string, Json> => {
      const words = where === "pod" ? ["/maintained"] : this.asProcess(name);
      const told = ["--title", "{title}", "--message", "{message}"];
      return {
        in: where,
        start: [...words, "maintenance", "start", ...told],
        stop: [...words, "maintenance", "stop", "--title", "{title}"],
        show: [...words, "maintenance", "show"],
        ...change[name],
      };
    };
    const services = { atmosphere: service("atmosphere"), troposphere: service("troposphere") };
    return { name: "Atmosphere", services };
  }

  records(service: Service): Promise<MaintenanceRecord[]> {
    return this.connected(async (client) =>
      client
        .db(this.database(service))
        .collection<MaintenanceRecord>("maintenance_records")
        .find({}, { projection: { _id: 0 } })
        .sort({ start_date: 1 })
        .toArray(),
    );
  }

  /** Titles that are on in each, read from their databases. */
  async on(): Promise<Readonly<Record<Service, readonly string[]>>> {
    const titles = async (service: Service): Promise<readonly string[]> =>
      (await this.records(service)).filter(({ end_date }) => end_date === null).map(({ title }) => title);
    return { atmosphere: await titles("atmosphere"), troposphere: await titles("troposphere") };
  }

  /** Another's maintenance, put on by hand. */
  async foreign(service: Service, title: string): Promise<void> {
    const record = { title, message: "", start_date: new Date(0), end_date: null, disable_login: true };
    await this.connected((client) =>
      client.db(this.database(service)).collection("maintenance_records").insertOne(record),
    );
  }

  /** Runs `slipway` beside the stack file. */
  slipway(...args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
    const command = join(packageRoot(), "build", "cli", "slipway.js");
    const { stack } = this.nmdc.system;
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [command, ...args],
        { cwd: stack.project, env: { ...stack.variables(), SLIPWAY_OPERATOR: "ben" } },
        (error, stdout, stderr) => {
          resolve({ code: error === null ? 0 : 1, output: stdout + stderr });
        },
      );
    });
  }

  /** Runs with a client of the release's own user, who sees all databases. */
  private async connected<Result>(use: (client: MongoClient) => Promise<Result>): Promise<Result> {
    const client = await MongoClient.connect(this.nmdc.environment.mongo.uri);
    try {
      return await use(client);
    } finally {
      await client.close();
    }
  }

  private asProcess(service: Service): readonly string[] {
    return [
      "env",
      `MONGO_URI_FILE=${this.uriFile}`,
      `MONGO_DATABASE=${this.database(service)}`,
      this.program,
    ];
  }

  private database(service: Service): string {
    return `${service}_${this.nmdc.system.name.replaceAll("-", "_")}`;
  }
}
