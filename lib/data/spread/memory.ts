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

/** A size as Kubernetes writes it, in MiB. Example: `2Gi`. */
export function mebibytes(size: string): number {
  const number = Number.parseInt(size, 10);
  return size.endsWith("Gi") ? number * 1024 : number;
}
