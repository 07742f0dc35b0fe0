import { loadMigrations } from "../migrations/load";
import { prepareData } from "../migrations/prepare";
import { processData } from "../migrations/process";
import type { DataProcessor } from "./context";

/** The program's own migrations and validation. */
export const processor: DataProcessor = {
  migrations: loadMigrations,
  async prepare({ chain, schema, before }, says) {
    const prepared = await prepareData(chain, schema, before, says);
    return (request) => processData(request, prepared);
  },
};
