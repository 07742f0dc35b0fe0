import type { EmbeddedEnvironment } from "../../../lib/config/embedded";
import type { Start } from "../start-cluster";

export async function startMongo(
  { settings }: Start,
  node: EmbeddedEnvironment["node"],
): Promise<EmbeddedEnvironment["mongo"]> {
  void node;
  const uri = `mongodb://127.0.0.1:${settings.ports.mongo}`;
  return Promise.resolve({ server: "stand-in", uri, userUri: uri, podUri: uri });
}
