import { stringify } from "yaml";
import type { Toolchain } from "../../toolchain/toolchain";
import type { Layout } from "../layout";
import { writePrivate } from "../private-file";
import type { ServerPlan } from "../processes";
import type { Settings } from "../settings";
import type { Start } from "../start-cluster";

/** Starts the image registry; returns its host and port when it answers. */
export async function startRegistry({ layout, settings, tools, processes, signal }: Start): Promise<string> {
  const address = `127.0.0.1:${settings.ports.registry}`;
  await writePrivate(layout.at("registry.yaml"), registryConfig(layout, settings));
  await processes.start(registry(layout, tools));
  await processes.ready("registry", () => registryAnswers(address), signal);
  return address;
}

/** Whether a registry answers at this host and port. */
export async function registryAnswers(address: string): Promise<boolean> {
  const answer = await fetch(`http://${address}/v2/`, { signal: AbortSignal.timeout(3000) });
  await answer.arrayBuffer();
  return answer.status === 200;
}

function registry(layout: Layout, tools: Toolchain): ServerPlan {
  return {
    name: "registry",
    command: tools.executable("registry"),
    args: ["serve", layout.at("registry.yaml")],
    // Without it the registry tries to send traces to a collector on a well-known port.
    env: { OTEL_TRACES_EXPORTER: "none" },
  };
}

/** The registry's configuration; images can be deleted, so that a release with a lost image can be tried out. */
function registryConfig(layout: Layout, settings: Settings): string {
  return stringify({
    version: 0.1,
    log: { level: "warn", accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: layout.at("registry") },
      delete: { enabled: true },
      maintenance: { uploadpurging: { enabled: false } },
    },
    http: { addr: `127.0.0.1:${settings.ports.registry}`, secret: settings.registrySecret },
  });
}
