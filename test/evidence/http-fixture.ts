import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One question that a server was asked. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** What a server answers; `hang` never does. */
export type Answer =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Buffer;
    }
  | "hang";

/** A server on a free port of this machine that answers as a test says, and remembers what it was asked. */
export class HttpFixture {
  readonly asked: Asked[] = [];
  private readonly mistakes: unknown[] = [];

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    private readonly answer: { now: (asked: Asked) => Answer },
  ) {}

  static async start(answer: (asked: Asked) => Answer = () => ({ status: 404 })): Promise<HttpFixture> {
    const now = { now: answer };
    const handle = (request: IncomingMessage, response: ServerResponse): void => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const address = new URL(request.url ?? "/", "http://localhost");
        const asked: Asked = {
          method: request.method ?? "",
          path: address.pathname,
          query: address.searchParams,
          headers: request.headers,
          body: Buffer.concat(chunks).toString("utf8"),
        };
        fixture.asked.push(asked);
        const given = fixture.answered(asked);
        if (given === "hang") return;
        response.writeHead(given.status, given.headers);
        response.end(asked.method === "HEAD" ? undefined : given.body);
      });
    };
    const server = createServer(handle);
    const fixture = new HttpFixture(server, now);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return fixture;
  }

  /** A test's own mistake is kept for `stop`, where the test that made it hears of it. */
  private answered(asked: Asked): Answer {
    try {
      return this.answer.now(asked);
    } catch (error) {
      this.mistakes.push(error);
      return { status: 500 };
    }
  }

  /** Answers from here on; forgets what was asked before. */
  answering(answer: (asked: Asked) => Answer): void {
    this.answer.now = answer;
    this.asked.length = 0;
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) =>
      this.server.close(() => {
        resolve();
      }),
    );
    if (this.mistakes.length > 0) throw this.mistakes[0];
  }
}
