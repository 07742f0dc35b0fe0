import { readFileSync, writeFileSync } from "node:fs";
import { LockLost } from "../lib/data/journal/lock";
import { Secrets } from "../lib/data/secrets";
import { workerExit } from "../lib/data/spread/job-manifest";
import { failedFile } from "../lib/data/spread/pass-files";
import { runShare, storageOf, type WorkOrder } from "../lib/data/spread/run-share";
import { putSealed } from "../lib/data/spread/sealed";
import { Refusal } from "../lib/problem";

/** One pod of a spread stage: its order lies in a mounted file, its index is the Job's. */
async function main(file: string, index: number): Promise<number> {
  const secrets = new Secrets();
  const order = JSON.parse(readFileSync(file, "utf8")) as WorkOrder;
  try {
    await runShare(order, index, secrets);
    return workerExit.done;
  } catch (error) {
    const says = secrets.redact(error instanceof Error ? error.message : String(error));
    console.error(says);
    tell(says);
    if (error instanceof LockLost) return workerExit.lockLost;
    if (!(error instanceof Refusal)) return workerExit.again;
    const { subject, problems } = JSON.parse(secrets.redact(JSON.stringify(error))) as Refusal;
    const pass = order.plan.file.slice(0, order.plan.file.lastIndexOf("/"));
    await putSealed(storageOf(order), failedFile(pass, index), { subject, problems });
    return workerExit.refused;
  }
}

/** Kubernetes shows a container's last words with its state. */
function tell(says: string): void {
  try {
    writeFileSync("/dev/termination-log", says.slice(0, 4000));
  } catch {
    // Not in a container.
  }
}

// The first process of a container is not ended by a signal that it does not take.
process.once("SIGTERM", () => process.exit(workerExit.again));

void main(process.argv[2] ?? "", Number(process.env["JOB_COMPLETION_INDEX"] ?? "0")).then((code) => {
  process.exit(code);
});
