import { readFile } from "node:fs/promises";
import { Refusal, type Problem } from "../../lib/problem";
import type { Layout } from "./layout";

/** A server of the embedded environment did not start, or has ended. */
export class ServerFailed extends Refusal {
  private constructor(
    readonly server: string,
    problem: Problem,
  ) {
    super("the embedded environment", [problem]);
  }

  static async of(layout: Layout, server: string, found: string): Promise<ServerFailed> {
    const log = layout.log(server);
    const text = await readFile(log, "utf8").catch(() => "");
    const last = text.trimEnd().split("\n").slice(-8).join("\n    ");
    return new ServerFailed(server, {
      where: `server ${server}`,
      found: `${found}; the last lines of its log:\n    ${last}\n   `,
      allowed: "a server that answers",
      mend: `read ${log}, then run "npm run environment -- up" again`,
    });
  }
}
