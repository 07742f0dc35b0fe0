import { execFile } from "node:child_process";
import type { EngineEvent, ReleaseSpec } from "../lib/data/protocol";
import { askHttp } from "../lib/evidence/http";
import { type NewsState, newsText } from "../lib/release/notes/news";

const patience = 10_000;

/**
 * Tells people what becomes of a release (rule F26), by what the engine says of it: the engine lives until the release is settled,
 * whatever becomes of Pulumi. Never throws: what nobody could be told is a line in the engine's log.
 */
export class Announcer {
  private told: NewsState | undefined;
  private sent: Promise<void> = Promise.resolve();

  constructor(
    private readonly spec: ReleaseSpec,
    private readonly variables: NodeJS.ProcessEnv = process.env,
  ) {}

  hear(event: EngineEvent): void {
    if (event.event === "stage" && event.stage !== "plan") this.tell("started");
    if (event.event === "closed") {
      const { outcome, reason } = event.record;
      if (outcome === "released") this.tell("ready");
      else this.tell("failed", reason);
    }
    if (event.event === "failed") this.tell("failed", event.says);
  }

  /** Settles when everybody was told, or could not be. */
  end(): Promise<void> {
    return this.sent;
  }

  /** Each state once, in the order in which they came; a failure before the start concerns only who started it. */
  private tell(state: NewsState, reason?: string): void {
    const over = this.told === "failed" || this.told === "ready";
    if (this.spec.tell === undefined || over || this.told === state) return;
    if (this.told === undefined && state !== "started") return;
    this.told = state;
    const text = newsText(this.spec, state, reason);
    this.sent = this.sent.then(() => this.send(state, text, reason));
  }

  private async send(state: NewsState, text: string, reason: string | undefined): Promise<void> {
    const { webhook, command } = this.spec.tell ?? {};
    const address = webhook === undefined ? undefined : this.variables[webhook.env];
    const failures = await Promise.all([
      ...(address === undefined || address === "" ? [] : [post(address, text)]),
      ...(command === undefined ? [] : [run(command, state, text)]),
      ...(state === "failed" ? [this.comment(reason ?? "no reason is known")] : []),
    ]);
    for (const failure of failures)
      if (failure !== undefined) console.error(`could not tell that it is ${state}: ${failure}`);
  }

  /** That it is ready is said by the ticket's own resource, which comes after the record (rule F17). */
  private async comment(reason: string): Promise<string | undefined> {
    const { ticket } = this.spec.tell ?? {};
    if (ticket === undefined) return undefined;
    try {
      // Every release would keep the forges' clients in its memory, for the few that fail.
      const { forgeOf } = await import("../lib/release/gates/gather/forges");
      const { commentWhereTicketed } = await import("../lib/release/notes/ticket-comment");
      const forge = forgeOf(ticket, this.variables);
      if (forge === undefined) return undefined;
      await commentWhereTicketed(forge, this.spec, { state: "failed", reason });
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : "the forge did not take the comment";
    }
  }
}

/** The address is a secret: no message has it. */
async function post(address: string, text: string): Promise<string | undefined> {
  if (!URL.canParse(address)) return "the webhook's variable holds no address";
  const outcome = await askHttp({
    method: "POST",
    address: new URL(address),
    headers: { "content-type": "application/json" },
    body: Buffer.from(JSON.stringify({ text })),
    seconds: patience / 1000,
    mostBytes: 64 * 1024,
  });
  if (outcome.ended === "failed") return "the webhook did not answer";
  return outcome.status < 300 ? undefined : `the webhook answered ${outcome.status}`;
}

function run(words: readonly string[], state: NewsState, text: string): Promise<string | undefined> {
  const [program = "", ...args] = words.map((word) =>
    word.replaceAll("{state}", state).replaceAll("{text}", () => text),
  );
  return new Promise((resolve) => {
    execFile(program, args, { timeout: patience }, (failure) => {
      resolve(failure === null ? undefined : `${program} failed`);
    });
  });
}
