import { loadMigrations } from "../migrations/load";
import { processData } from "../migrations/process";
import type { DataProcessor } from "./context";

/** The program's own migrations and validation. */
export const processor: DataProcessor = { migrations: loadMigrations, process: processData };
