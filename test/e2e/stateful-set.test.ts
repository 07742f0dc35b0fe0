import { strict as assert } from "node:assert";
import { CoreV1Api, type V1Pod } from "@kubernetes/client-node";
import { imagesOf, nmdcDocuments } from "../../tools/job/main-job";
import { type PlannedRelease, System } from "../../tools/job/system";
import { packageRoot } from "../../lib/package-root";
import { embedded, embeddedState } from "../embedded";
import { failsWith, neverReady, releases, succeeds } from "./nmdc";

const service = "runtime-api";

describe("a release whose pods have names of their own", function () {
  this.timeout(900_000);
  let system: System;
  let first: PlannedRelease;
  let played = false;

  before("two pods of a StatefulSet run the first release", async () => {
    const environment = await embedded();
    played = environment.node === "played";
    first = await imagesOf(environment, releases.first);
    system = await System.create(environment, packageRoot(), embeddedState, "ordered");
    await system.seed(nmdcDocuments(packageRoot()));
    plan(first);
    succeeds(await system.stack.up());
  });

  function plan(release: PlannedRelease, readyWithin = 120): void {
    system.plan(release);
    system.set(["services", service, "kind"], "StatefulSet");
    system.set(["services", service, "replicas"], 2);
    system.set(["services", service, "readyWithin"], readyWithin);
  }

  async function pods(): Promise<readonly V1Pod[]> {
    const api = system.kube().makeApiClient(CoreV1Api);
    const { items } = await api.listNamespacedPod({
      namespace: system.namespace,
      labelSelector: `app=${service}`,
    });
    return [...items].sort((a, b) => ((a.metadata?.name ?? "") < (b.metadata?.name ?? "") ? -1 : 1));
  }

  it("F21: a pod that never becomes Ready makes the release red; the stuck pod goes, and the old image serves in both", async function () {
    if (played) this.skip();
    const never = await imagesOf(await embedded(), { ...releases.second, version: "v2.19.0-never-ready" });
    plan(never, 15);
    failsWith(await system.stack.up(), neverReady(service, 1));
    await system.settled();
    const now = await pods();
    assert.equal(now.length, 2);
    for (const { spec, status } of now) {
      assert.ok(spec?.containers[0]?.image?.endsWith(first.images["fastapi"]?.digest ?? "?"));
      assert.ok(status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True"));
    }
  });

  it("F21: the next release goes pod after pod: the second is not touched before the first is Ready", async () => {
    const second = await imagesOf(await embedded(), releases.second);
    plan(second);
    succeeds(await system.stack.up());
    const [zero, one] = await pods();
    for (const pod of [zero, one])
      assert.ok(pod?.spec?.containers[0]?.image?.endsWith(second.images["fastapi"]?.digest ?? "?"));
    const ready = one?.status?.conditions?.find(({ type }) => type === "Ready")?.lastTransitionTime;
    const begun = zero?.metadata?.creationTimestamp;
    assert.ok(
      ready && begun && ready.getTime() <= begun.getTime(),
      `${String(ready)} before ${String(begun)}`,
    );
  });
});
