/** MiB that a worker takes: Node, the driver, blocks and replies on their way. */
const base = 170;
/** MiB for each validating thread: two compiled schemas, four blocks. */
const perThread = 65;

/** Threads of a worker: one for each core that it may take, and at least one. @param cpu as Kubernetes writes it. Example: `500m`. */
export function threadsFor(cpu: string): number {
  const cores = cpu.endsWith("m") ? Number(cpu.slice(0, -1)) / 1000 : Number(cpu);
  return Math.max(1, Math.ceil(cores));
}

/** What a worker needs at its peak (docs/data-algorithm.md), whatever the size of the data. */
export function memoryNeeded(threads: number): { readonly mebibytes: number; readonly formula: string } {
  return {
    mebibytes: base + perThread * threads,
    formula: `${base} MiB, and ${perThread} MiB for each of ${threads} ${threads === 1 ? "thread" : "threads"}`,
  };
}

/** MiB of a migrator's own process, and bytes that it and we keep of each document of what it looks into: places, digests, one index. */
const migrator = 45;
const perDocument = 200;

/**
 * What the one worker needs that runs migrators which may ask for the whole database; documents themselves are on its disk.
 * @param documents of the collections that they look into.
 */
export function migratorNeeds(
  threads: number,
  documents: number,
): { readonly mebibytes: number; readonly formula: string } {
  const worker = memoryNeeded(threads);
  return {
    mebibytes: worker.mebibytes + migrator + Math.ceil((documents * perDocument) / 1024 ** 2),
    formula: `${worker.formula}, ${migrator} MiB for the migrator, and ${perDocument} bytes for each of ${documents} documents`,
  };
}

/** A size as Kubernetes writes it, in MiB. Example: `2Gi`. */
export function mebibytes(size: string): number {
  const number = Number.parseInt(size, 10);
  return size.endsWith("Gi") ? number * 1024 : number;
}
