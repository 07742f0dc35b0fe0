import { createRequire } from "node:module";
import { loadMigrations } from "../migrations/load";
import type { DataProcessor } from "./context";

/** The program's own migrations and validation; loaded when data is processed, since a release of images alone needs none. */
export const processor: DataProcessor = {
  migrations: loadMigrations,
  process(request) {
    const { processData } = createRequire(__filename)("../migrations/process") as {
      processData: DataProcessor["process"];
    };
    return processData(request);
  },
};
