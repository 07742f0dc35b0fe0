import { readFile } from "node:fs/promises";
import { stringify } from "yaml";
import type { Layout } from "./layout";
import { writePrivate } from "./private-file";
import { accounts, type Account, type Settings } from "./settings";

/** File of an account's kubeconfig; the administrator's is the one that users get. */
export function kubeconfigOf(layout: Layout, account: Account): string {
  return layout.at(account === "admin" ? "kubeconfig" : `kubeconfig-${account}`);
}

/** Writes every account's kubeconfig: our own authority, no check skipped. */
export async function writeKubeconfigs(layout: Layout, settings: Settings): Promise<void> {
  const authority = (await readFile(layout.pki("ca.crt"))).toString("base64");
  for (const account of accounts) {
    const config = {
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        {
          name: "slipway",
          cluster: {
            server: `https://127.0.0.1:${settings.ports.api}`,
            "certificate-authority-data": authority,
          },
        },
      ],
      users: [{ name: account, user: { token: settings.tokens[account] } }],
      contexts: [{ name: "slipway", context: { cluster: "slipway", user: account } }],
      "current-context": "slipway",
    };
    await writePrivate(kubeconfigOf(layout, account), stringify(config));
  }
}
