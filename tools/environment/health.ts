import { existsSync } from "node:fs";
import { connect } from "node:net";
import { readEmbeddedEnvironment, type EmbeddedEnvironment } from "../../lib/config/embedded";
import { KubeApi } from "./kube-api";
import type { Layout } from "./layout";
import { Processes } from "./processes";
import { readPostgresSettings } from "./servers/postgres-settings";
import { registryAnswers } from "./servers/registry";
import { namesOf, readSettings } from "./settings";

/**
 * The running environment of a state directory, when all of it is well.
 * @returns undefined when it is not up, when a server has ended, or when one does not answer.
 */
export async function runningEnvironment(layout: Layout): Promise<EmbeddedEnvironment | undefined> {
  if (!existsSync(layout.description)) return undefined;
  const settings = await readSettings(layout);
  if (settings === undefined) return undefined;
  const processes = new Processes(layout);
  const servers = await processes.recorded();
  for (const name of servers) if (!(await processes.runs(name))) return undefined;
  const checks: (() => Promise<boolean>)[] = [
    async () => {
      const api = new KubeApi(layout, settings);
      return (await api.isReady()) && (await api.nodeIsReady(namesOf(layout).node));
    },
    () => registryAnswers(`127.0.0.1:${settings.ports.registry}`),
    () => listens(settings.ports.mongo),
    async () => {
      const postgres = servers.includes("postgresql") ? await readPostgresSettings(layout) : undefined;
      return postgres === undefined || listens(postgres.port);
    },
  ];
  const answers = await Promise.all(checks.map((check) => check().catch(() => false)));
  return answers.every(Boolean) ? readEmbeddedEnvironment(layout.state) : undefined;
}

async function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, timeout: 3000 });
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", end(true)).once("error", end(false)).once("timeout", end(false));
  });
}
