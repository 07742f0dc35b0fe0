import { join } from "node:path";
import type { ReleaseRecordData } from "../../lib/data/protocol";
import type { Lane } from "../../lib/release/gates/lane";
import { writeRecordFile } from "../../lib/release/promotion/record-files";
import { hashOf, loadStack } from "../../cli/gated-stack";

/** Puts the release of an environment's stack file on record, as `pulumi up` leaves it. */
export async function putOnRecord(
  project: string,
  environment: string,
  at: string,
  change: Partial<ReleaseRecordData> = {},
  lane: Lane = { kind: "normal" },
): Promise<void> {
  const { config } = await loadStack(project, environment);
  const images = Object.entries(config.images).map(([name, { repository, tag, digest = "" }]) => ({
    name,
    to: `${repository}:${tag}@${digest}`,
  }));
  const commits = Object.fromEntries(
    Object.entries(config.images).map(([name, { commit = "" }]) => [name, commit]),
  );
  const record: ReleaseRecordData = {
    id: `${environment}-${Date.parse(at)}`,
    system: config.system,
    environment,
    release: config.release,
    hash: hashOf(project, config),
    operator: "ana",
    openedAt: at,
    closedAt: at,
    outcome: "released",
    schema: { package: "nmdc-schema", from: config.data.schema.version, to: config.data.schema.version },
    images,
    migrations: [],
    collections: [],
    durations: {},
    ...change,
  };
  await writeRecordFile(join(project, "releases"), { record, lane, commits, gates: [] });
}
