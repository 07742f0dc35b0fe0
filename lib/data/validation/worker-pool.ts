import { cpus } from "node:os";
import { Worker } from "node:worker_threads";
import { compiledFile } from "../../package-root";
import { Refusal } from "../../problem";
import { frames } from "../bson-frames";
import { idText } from "../document-id";
import type { WorkerAnswer, WorkerResults, WorkerStart, WorkerTask } from "./worker-tasks";

/** A document that takes longer than this is taken for one that never ends (fault groups 20, 28). */
const documentSeconds = 20;
const lookEveryMilliseconds = 1000;
/** Before a thread's first document it loads the schema or a migration, which takes longer than any document. */
const betweenFactor = 10;
/** Small heaps are collected early: a thread needs little at once, and several processes share the machine. */
const heapLimits = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 192 };
/** Blocks that a thread has at hand, so that it never waits for the next. */
const ahead = 2;

interface Job {
  readonly task: WorkerTask;
  readonly resolve: (result: WorkerResults[keyof WorkerResults]) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly reached: Int32Array;
  readonly jobs: Map<number, Job>;
  seen: number;
  since: number;
}

/** Threads that look at documents: one per core but one, which is the engine's own. */
export class WorkerPool {
  readonly #threads: Thread[];
  readonly #watch: NodeJS.Timeout;
  #next = 0;

  constructor(
    schemas: Omit<WorkerStart, "reached">,
    threads: number = Math.max(1, cpus().length - 1),
    private readonly patience = documentSeconds * 1000,
  ) {
    this.#threads = Array.from({ length: threads }, () => this.#start(schemas));
    this.#watch = setInterval(
      () => {
        this.#look();
      },
      Math.min(lookEveryMilliseconds, patience / 2),
    ).unref();
  }

  /** How many tasks may run at once without one of them only waiting. */
  get capacity(): number {
    return this.#threads.length * ahead;
  }

  run<K extends WorkerTask["do"]>(task: Extract<WorkerTask, { do: K }>): Promise<WorkerResults[K]> {
    const thread = this.#threads.reduce((least, other) =>
      other.jobs.size < least.jobs.size ? other : least,
    );
    const id = this.#next++;
    return new Promise<WorkerResults[K]>((resolve, reject) => {
      const job: Job = { task, resolve: resolve as Job["resolve"], reject };
      if (thread.jobs.size === 0) thread.since = Date.now();
      thread.jobs.set(id, job);
      thread.worker.postMessage({ id, task });
    });
  }

  async close(): Promise<void> {
    clearInterval(this.#watch);
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  #start(schemas: Omit<WorkerStart, "reached">): Thread {
    const cell = new SharedArrayBuffer(4);
    new Int32Array(cell)[0] = -1;
    const worker = new Worker(compiledFile("lib/data/validation/worker.js"), {
      workerData: { ...schemas, reached: cell } satisfies WorkerStart,
      resourceLimits: heapLimits,
    });
    const thread: Thread = {
      worker,
      reached: new Int32Array(cell),
      jobs: new Map(),
      seen: -1,
      since: Date.now(),
    };
    worker.on("message", (answer: WorkerAnswer) => {
      const job = thread.jobs.get(answer.id);
      thread.jobs.delete(answer.id);
      thread.since = Date.now();
      if ("result" in answer) job?.resolve(answer.result);
      else job?.reject(new Error(answer.error));
    });
    worker.on("error", (error: NodeJS.ErrnoException) => {
      const [job] = thread.jobs.values();
      const full = error.code === "ERR_WORKER_OUT_OF_MEMORY";
      failAll(thread, full && job ? tooLarge(job.task, Atomics.load(thread.reached, 0)) : error);
    });
    worker.on("exit", () => {
      failAll(thread, new Error("the validating thread ended"));
    });
    return thread;
  }

  #look(): void {
    for (const thread of this.#threads) {
      const reached = Atomics.load(thread.reached, 0);
      const [job] = thread.jobs.values();
      if (!job || reached !== thread.seen) {
        thread.seen = reached;
        thread.since = Date.now();
      } else if (Date.now() - thread.since > (reached < 0 ? this.patience * betweenFactor : this.patience)) {
        failAll(thread, tooLong(job.task, reached, this.patience));
        void thread.worker.terminate();
      }
    }
  }
}

function failAll(thread: Thread, error: unknown): void {
  for (const { reject } of thread.jobs.values()) reject(error);
  thread.jobs.clear();
}

function tooLong(task: WorkerTask, reached: number, patience: number): Refusal {
  return stuck(
    task,
    reached,
    `no end after ${patience / 1000} s on one document`,
    "migrations and patterns that end",
  );
}

function tooLarge(task: WorkerTask, reached: number): Refusal {
  const limit = `${heapLimits.maxOldGenerationSizeMb} MB`;
  return stuck(
    task,
    reached,
    `more than ${limit} of memory taken on one document`,
    `migrations that need less than ${limit}`,
  );
}

function stuck(task: WorkerTask, reached: number, found: string, allowed: string): Refusal {
  const { collection, bytes } = "block" in task ? task.block : task;
  const document = [...frames(bytes, collection)][reached];
  return new Refusal(task.do === "transform" ? "migration" : "validation", [
    {
      where: `${collection}${document ? `, _id ${idText(document)}` : ""}`,
      found,
      allowed,
      mend: "mend the document's texts, the schema's pattern, or the migration",
    },
  ]);
}
