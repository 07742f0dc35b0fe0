import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import type { Json } from "../../lib/content-hash";
import type { Layout } from "./layout";
import type { Settings } from "./settings";

/** The few calls that starting and stopping needs; programs use a real client with the kubeconfig. */
export class KubeApi {
  private readonly agent: Agent;

  constructor(
    layout: Layout,
    private readonly settings: Settings,
  ) {
    this.agent = new Agent({ ca: readFileSync(layout.pki("ca.crt")), keepAlive: false });
  }

  /** @returns the HTTP status and the body. */
  async call(
    method: "GET" | "POST" | "DELETE",
    path: string,
    body?: Json,
  ): Promise<{ status: number; text: string }> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const asked = request(
        {
          agent: this.agent,
          host: "127.0.0.1",
          port: this.settings.ports.api,
          path,
          method,
          timeout: 5000,
          headers: {
            authorization: `Bearer ${this.settings.tokens.admin}`,
            ...(text === undefined ? {} : { "content-type": "application/json" }),
          },
        },
        (response) => {
          let received = "";
          response.setEncoding("utf8");
          response.on("data", (chunk: string) => (received += chunk));
          response.on("error", reject);
          response.on("end", () => {
            resolve({ status: response.statusCode ?? 0, text: received });
          });
        },
      );
      asked.on("timeout", () => asked.destroy(new Error("no answer in 5 s")));
      asked.on("error", reject);
      asked.end(text);
    });
  }

  async isReady(): Promise<boolean> {
    return (await this.call("GET", "/readyz")).status === 200;
  }

  async nodeIsReady(node: string): Promise<boolean> {
    const { status, text } = await this.call("GET", `/api/v1/nodes/${node}`);
    if (status !== 200) return false;
    const { status: state } = JSON.parse(text) as {
      status?: { conditions?: { type: string; status: string }[] };
    };
    return state?.conditions?.some((one) => one.type === "Ready" && one.status === "True") ?? false;
  }

  async exists(path: string): Promise<boolean> {
    return (await this.call("GET", path)).status === 200;
  }
}
