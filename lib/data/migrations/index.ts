export { loadMigrations } from "./load";
export { MigrationList } from "./migration-list";
export { type Migration, type MigrationStep, type SchemaVersion } from "./migration";
export {
  type Beside,
  bound,
  type DanglingReference,
  invalidFile,
  type Observe,
  type OpenReferences,
  type Part,
  type ProcessReport,
  type ProcessRequest,
  type RemovedDocument,
  removedFile,
  type SeenDocument,
} from "./report";
