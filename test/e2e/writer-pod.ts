import { strict as assert } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { CoreV1Api } from "@kubernetes/client-node";
import { makeWriterImage } from "../../tools/images/make-images";
import type { Nmdc } from "./nmdc";

/** A study in the old shape, which the migration to 11.24.0 changes; `{n}` is its number, `{r}` its revision. */
const study = {
  id: "nmdc:sty-00-{n}",
  type: "nmdc:Study",
  study_category: "research_study",
  description: "revision {r}",
  principal_investigator: { type: "nmdc:PersonValue", has_raw_value: "Wanda Riter" },
};

export interface Attempt {
  readonly operation: string;
  readonly number: number;
  readonly sent: string;
  readonly answered: string;
  readonly outcome: string;
}

export interface WrittenDocument {
  readonly collection: string;
  readonly number: number;
  /** The newest acknowledged revision. */
  readonly revision: number;
}

/** A user's program in a pod: it goes on writing through whatever happens, and knows what was acknowledged. */
export class WriterPod {
  private constructor(
    private readonly api: CoreV1Api,
    private readonly namespace: string,
  ) {}

  static async start({ environment, system }: Nmdc): Promise<WriterPod> {
    const { repository, digest } = await makeWriterImage(environment.registry);
    const api = system.kube().makeApiClient(CoreV1Api);
    const plan = {
      perSecond: 20,
      collections: [{ name: "study_set", update: "description", document: study }],
    };
    await api.createNamespacedPod({
      namespace: system.namespace,
      body: {
        metadata: { name: "writer" },
        spec: {
          containers: [
            {
              name: "writer",
              image: `${repository}@${digest}`,
              env: [
                { name: "WRITER_PLAN", value: JSON.stringify(plan) },
                {
                  name: "MONGO_URI",
                  valueFrom: { secretKeyRef: { name: "nmdc-runtime-mongo", key: "uri" } },
                },
              ],
            },
          ],
        },
      },
    });
    const pod = new WriterPod(api, system.namespace);
    await pod.writes();
    return pod;
  }

  /** Waits until one more write is acknowledged. */
  async writes(): Promise<void> {
    const before = await this.acknowledged().catch(() => 0);
    while ((await this.acknowledged().catch(() => 0)) <= before) await sleep(100);
  }

  documents(): Promise<readonly WrittenDocument[]> {
    return this.ask("documents");
  }

  attempts(): Promise<readonly Attempt[]> {
    return this.ask("attempts");
  }

  async stop(): Promise<void> {
    await this.api.deleteNamespacedPod({ name: "writer", namespace: this.namespace });
  }

  private async acknowledged(): Promise<number> {
    return (await this.ask<{ acknowledged: number }>("counts")).acknowledged;
  }

  private async ask<Answer>(path: string): Promise<Answer> {
    const request = { namespace: this.namespace, name: "writer:8080", path };
    const text: unknown = await this.api.connectGetNamespacedPodProxyWithPath(request);
    return (typeof text === "string" ? JSON.parse(text) : text) as Answer;
  }
}

/** Every acknowledged write is in the database, at least at its revision; returns the studies by their number. */
export async function assertNothingLost(
  nmdc: Nmdc,
  documents: readonly WrittenDocument[],
): Promise<ReadonlyMap<number, object>> {
  const stored = await nmdc.system.withDatabase((db) =>
    db
      .collection<{ id: string; description: string }>("study_set")
      .find({ id: /^nmdc:sty-00-/ })
      .toArray(),
  );
  const byNumber = new Map(stored.map((found) => [Number(found.id.slice("nmdc:sty-00-".length)), found]));
  assert.ok(documents.length > 0);
  for (const { number, revision } of documents) {
    const found = byNumber.get(number)?.description ?? "lost";
    // The writer goes on meanwhile, so a later revision is no loss.
    assert.ok(
      Number(found.replace("revision ", "")) >= revision,
      `study ${number}: ${found}, not revision ${revision}`,
    );
  }
  return byNumber;
}
