import { isIP } from "node:net";

/** What came of one question over HTTP: an answer of whatever status, or none. */
export type HttpOutcome =
  | {
      readonly ended: "answer";
      readonly status: number;
      readonly headers: Headers;
      readonly body: Uint8Array;
    }
  | { readonly ended: "failed"; readonly says: string };

export interface HttpRequest {
  readonly method: "GET" | "HEAD" | "PUT" | "POST";
  readonly address: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** The whole exchange, redirects and body included, ends after this many seconds. */
  readonly seconds: number;
  /** Longer bodies are not read to their end. */
  readonly mostBytes: number;
}

const mostRedirects = 5;

/** One question, bounded in time and size. Plain HTTP goes to this machine alone; a redirect to another host gets no credentials. */
export async function askHttp(request: HttpRequest): Promise<HttpOutcome> {
  const signal = AbortSignal.timeout(request.seconds * 1000);
  let { address } = request;
  const headers = new Headers(request.headers);
  try {
    for (let hop = 0; hop <= mostRedirects; hop++) {
      const insecure = refuseInsecure(address);
      if (insecure !== undefined) return insecure;
      const body = request.body === undefined ? {} : { body: request.body };
      const response = await fetch(address, {
        method: request.method,
        headers,
        redirect: "manual",
        signal,
        ...body,
      });
      const location = response.headers.get("location");
      if (location === null || response.status < 300 || response.status > 399 || request.body !== undefined) {
        return {
          ended: "answer",
          status: response.status,
          headers: response.headers,
          body: await bounded(response, request),
        };
      }
      await response.body?.cancel();
      const next = new URL(location, address);
      if (next.host !== address.host) headers.delete("authorization");
      address = next;
    }
    return { ended: "failed", says: `${address.host} redirects more than ${mostRedirects} times` };
  } catch (error) {
    return { ended: "failed", says: reason(error, address, request.seconds) };
  }
}

/** Whether a host, with or without a port, is this machine. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
  return name === "localhost" || name === "::1" || (isIP(name) === 4 && name.startsWith("127."));
}

function refuseInsecure(address: URL): HttpOutcome | undefined {
  if (address.protocol === "https:" || (address.protocol === "http:" && isLoopback(address.host)))
    return undefined;
  return {
    ended: "failed",
    says: `${address.protocol}//${address.host} is not asked: https only, but for this machine itself`,
  };
}

async function bounded(response: Response, request: HttpRequest): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // The iterator of a web stream is typed as `any` in Node's declarations.
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > request.mostBytes) throw new Error(`the answer is longer than ${request.mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function reason(error: unknown, address: URL, seconds: number): string {
  if (!(error instanceof Error)) return `${address.host} cannot be reached`;
  if (error.name === "TimeoutError") return `${address.host} did not answer within ${seconds} s`;
  const cause = error.cause instanceof Error ? error.cause : error;
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : cause.message;
  return `${address.host} cannot be reached (${code.slice(0, 120)})`;
}
