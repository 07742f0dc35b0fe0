import type { Context } from "../conductor/context";
import type { RecordLog } from "../journal/record-log";

/**
 * Takes away the workers of an owner that died: they stop by themselves when they look at the lock, but their orders hold a secret.
 * That a cluster doesn't answer is said and no more, since nothing of theirs counts any longer.
 */
export async function endWorkers(
  { spec, secrets, reporter, options }: Context,
  { token }: RecordLog,
): Promise<void> {
  const { system, environment, execution, cluster } = spec;
  if (!execution || !cluster || options.workers) return;
  const { KubernetesWorkers } = await import("./kubernetes-workers");
  await KubernetesWorkers.open(cluster, execution, { system, environment, token }, secrets).catch(
    (error: unknown) => {
      reporter.warn(`workers may be left: ${error instanceof Error ? error.message : String(error)}`);
    },
  );
}
