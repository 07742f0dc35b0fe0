import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Toolchain } from "../toolchain/toolchain";
import type { Layout } from "./layout";
import { addressesOf, namesOf, type Settings } from "./settings";

const loopback = ["127.0.0.1", "localhost"];

/** Makes the environment's own authority and certificates once; a half-made set never gets its place. */
export async function makeCertificates(layout: Layout, settings: Settings, tools: Toolchain): Promise<void> {
  const place = layout.at("pki");
  const { gateway, apiService } = addressesOf(settings);
  // The certificates of the API server and of the kubelet name addresses of this network.
  const made = `${gateway} ${apiService}`;
  const madeFor = await readFile(layout.pki("addresses"), "utf8").catch(() => undefined);
  if (madeFor === made) return;
  await rm(place, { recursive: true, force: true });
  const draft = layout.at("pki.draft");
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  const { node } = namesOf(layout);
  const asked = {
    folder: draft,
    days: 3650,
    certificates: [
      { name: "etcd", commonName: "etcd", hosts: loopback },
      { name: "etcd-client", commonName: "kube-apiserver-etcd-client" },
      {
        name: "api",
        commonName: "kube-apiserver",
        hosts: [...loopback, apiService, "kubernetes.default.svc"],
      },
      {
        name: "kubelet-client",
        commonName: "kube-apiserver-kubelet-client",
        organization: ["system:masters"],
      },
      {
        name: "kubelet",
        commonName: `system:node:${node}`,
        organization: ["system:nodes"],
        hosts: [gateway, node],
      },
      { name: "service-accounts", commonName: "service-accounts" },
    ],
  };
  const child = spawn(tools.executable("certificates"), { stdio: ["pipe", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (said += chunk));
  child.stdin.end(JSON.stringify(asked));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`the certificates could not be made: ${said.trim()}`);
  await writeFile(join(draft, "addresses"), made);
  await rename(draft, place);
}
