import { existsSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { contentHash } from "../content-hash";
import { loadMigrations } from "../data/migrations";
import { ownSchemaFile } from "../data/validation/own-schema";
import { chartHashes } from "../release/chart-hash";
import { isInRegistry } from "./charts";
import type { ReleaseParts } from "./release-inputs";
import type { StackConfig } from "./stack-config";

/**
 * What a release takes from its project's folder: the migrations to its schema, and the charts of its services.
 * @param project folder of `Pulumi.yaml`, which all paths of a stack file start from.
 * @throws Refusal when the migration list or a chart cannot be read.
 */
export function releaseParts(
  project: string,
  { data, services }: Pick<StackConfig, "data" | "services">,
): ReleaseParts {
  const folders = Object.entries(services).flatMap(([name, { chart }]) =>
    chart === undefined || isInRegistry(chart.from) ? [] : [[name, resolve(project, chart.from)] as const],
  );
  const list = resolve(project, data.migrations);
  return {
    steps: [...loadMigrations(list).leadingTo(data.schema), ...schemaParts(data.schema, list)],
    charts: chartHashes(Object.fromEntries(folders)),
  };
}

/** A schema that lies in the migration list is a part of the release; one of a package is pinned elsewhere. */
function schemaParts(schema: StackConfig["data"]["schema"], list: string): ReleaseParts["steps"] {
  const file = ownSchemaFile(schema, list);
  if (!existsSync(file)) return [];
  return [{ id: `${schema.package}/${basename(file)}`, hash: contentHash(readFileSync(file)) }];
}
