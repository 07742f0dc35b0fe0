import type { DataProcessor } from "./context";

/**
 * The program's own migrations and validation. Loaded when they are needed: most questions to the engine look into no
 * document, and loading them costs as much as answering.
 */
export const processor: DataProcessor = {
  async migrations(folder) {
    const { loadMigrations } = await import("../migrations/load");
    return loadMigrations(folder);
  },
  async prepare({ chain, schema, before }, list, says) {
    const { prepareData } = await import("../migrations/prepare");
    const { processData } = await import("../migrations/process");
    const prepared = await prepareData(chain, schema, before, { list, says });
    return {
      run: (request) => processData(request, prepared),
      pack: async (storage) => {
        const { packProcess } = await import("../spread/pack");
        return packProcess(storage, { chain, schema, ...(before && { before }) }, prepared);
      },
      schemas: {
        after: prepared.schema.hash,
        ...(prepared.before ? { before: prepared.before.hash } : {}),
      },
    };
  },
};
