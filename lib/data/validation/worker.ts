import { parentPort, workerData } from "node:worker_threads";
import { BlockInspector, type Stages } from "./inspect-block";
import { Judge } from "./judge";
import { loadChecks } from "./validator-cache";
import type { LoadedSchema, WorkerAnswer, WorkerResults, WorkerStart, WorkerTask } from "./worker-tasks";

const start = workerData as WorkerStart;
const reached = new Int32Array(start.reached);

async function stages({ file, classes, units }: LoadedSchema): Promise<Stages> {
  return { judge: new Judge(await loadChecks(file), classes), units };
}

async function inspector(): Promise<BlockInspector> {
  return new BlockInspector(await stages(start.after), start.before && (await stages(start.before)));
}

function note(index: number): void {
  Atomics.store(reached, 0, index);
}

async function work(inspect: BlockInspector, task: WorkerTask): Promise<WorkerResults[keyof WorkerResults]> {
  if (task.do === "inspect") return inspect.inspect(task.block, note);
  if (task.do === "look-for") return inspect.lookFor(task.block, task.ids);
  // The TypeScript compiler takes long to load; only releases with such steps pay for it.
  const { loadFunctions } = await import("../migrations/typescript/load-functions");
  const { transformBlock } = await import("../migrations/typescript/transform");
  return transformBlock(loadFunctions(task.file), task.collection, task.bytes, note);
}

const ready = inspector();
parentPort?.on("message", ({ id, task }: { id: number; task: WorkerTask }) => {
  void ready
    .then(async (inspect): Promise<WorkerAnswer> => ({ id, result: await work(inspect, task) }))
    .catch((error: unknown): WorkerAnswer => ({
      id,
      error: error instanceof Error ? error.message : String(error),
    }))
    .then((answer) => {
      parentPort?.postMessage(answer);
    });
});
