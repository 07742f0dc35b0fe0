import { readFileSync } from "node:fs";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config("bare");
const kubeconfig = pulumi.secret(readFileSync(config.require("kubeconfig"), "utf8"));
const namespace = config.require("namespace");
const provider = new k8s.Provider("provider", { kubeconfig, namespace });

class Group extends pulumi.ComponentResource {
  constructor(name: string) {
    super("bare:index:Group", name);
    this.registerOutputs({});
  }
}

/** A dynamic resource that does nothing; Pulumi's own cost of one is what is wanted. */
class Nothing extends pulumi.dynamic.Resource {
  constructor(name: string) {
    super({ create: () => Promise.resolve({ id: "nothing", outs: {} }) }, name, {});
  }
}

// The dev stack: 7 components, 3 Deployments, 2 Services, 4 dynamic resources, 1 provider.
for (let i = 0; i < 7; i++) new Group(`group-${i}`);
for (let i = 0; i < 4; i++) new Nothing(`nothing-${i}`);
for (let i = 0; i < 3; i++) {
  const labels = { app: `bare-${i}` };
  const container = { name: "none", image: "none" };
  new k8s.apps.v1.Deployment(
    `deployment-${i}`,
    {
      spec: {
        replicas: 0,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
    },
    { provider },
  );
}
for (let i = 0; i < 2; i++) {
  const annotations = { "pulumi.com/skipAwait": "true" };
  new k8s.core.v1.Service(
    `service-${i}`,
    { metadata: { annotations }, spec: { ports: [{ port: 80 }] } },
    { provider },
  );
}
