import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import type { OpenedBucket } from "../../../lib/data/dump/bucket-spec";
import { provideObjectStore } from "../../../tools/object-store/recipe";
import { scratch } from "../../scratch";

/** What a proxy does to one answer of the server. */
export type Fault =
  | { readonly kind: "status"; readonly status: number }
  | { readonly kind: "slow"; readonly milliseconds: number }
  /** The connection breaks in the middle of the body. */
  | { readonly kind: "cut-off" }
  /** Half of the body, as if it were the whole. */
  | { readonly kind: "truncated" };

/** A request as it came. */
export interface Asked {
  /** Method and path. */
  readonly what: string;
  readonly headers: IncomingMessage["headers"];
  /** Address of whoever asked. */
  readonly from: string;
}

/** An S3-compatible server behind a proxy of the test, which can make it fail. */
export class ObjectStore {
  readonly seen: Asked[] = [];
  /** Asked for each request. */
  fault: (what: string, asked: Asked) => Fault | undefined = () => undefined;

  private constructor(
    private readonly server: ChildProcess,
    private readonly proxy: Server,
    private readonly host: string,
  ) {}

  /** @param host the address under which it is to be reached. */
  static async start(host = "127.0.0.1"): Promise<ObjectStore> {
    const jar = await provideObjectStore();
    const folder = scratch("objects");
    const settings = ["--server.port=0", "--com.adobe.testing.s3mock.http-port=0"];
    const options = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m", `-Djava.io.tmpdir=${folder}`];
    const server = spawn("java", [...options, "-jar", jar, ...settings], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const port = await new Promise<number>((resolve, reject) => {
      createInterface(server.stdout).on("line", (line) => {
        const found = /started on ports.* (\d+) \(http\)/.exec(line);
        if (found) resolve(Number(found[1]));
      });
      server.once("exit", () => {
        reject(new Error("the S3-compatible server ended"));
      });
    });
    const proxy = createServer();
    const store = new ObjectStore(server, proxy, host);
    proxy.on("request", (asked, answer) => void store.#forward(asked, answer, port));
    proxy.listen(0, host);
    await once(proxy, "listening");
    return store;
  }

  /** A new bucket, as a release is told of it. */
  async bucket(name: string): Promise<OpenedBucket> {
    const { port } = this.proxy.address() as AddressInfo;
    const bucket = {
      name,
      region: "us-east-1",
      endpoint: `http://${this.host}:${port}`,
      keyId: "tester",
      key: "a test's key",
    };
    const credentials = { accessKeyId: bucket.keyId, secretAccessKey: bucket.key };
    const client = new S3Client({ ...bucket, forcePathStyle: true, credentials });
    await client.send(new CreateBucketCommand({ Bucket: name }));
    client.destroy();
    return bucket;
  }

  async stop(): Promise<void> {
    this.proxy.closeAllConnections();
    this.proxy.close();
    this.server.kill("SIGKILL");
    await once(this.server, "exit");
  }

  async #forward(asked: IncomingMessage, answer: ServerResponse, port: number): Promise<void> {
    const what = `${asked.method ?? ""} ${asked.url ?? ""}`;
    const known = { what, headers: asked.headers, from: asked.socket.remoteAddress ?? "" };
    this.seen.push(known);
    const fault = this.fault(what, known);
    if (fault?.kind === "status") {
      asked.resume();
      answer.writeHead(fault.status).end();
      return;
    }
    if (fault?.kind === "slow") await sleep(fault.milliseconds);
    const { method, url, headers } = asked;
    const forwarded = request({ host: "127.0.0.1", port, method, path: url, headers }, (got) => {
      if (fault?.kind === "truncated") {
        void this.#truncate(got, answer);
        return;
      }
      answer.writeHead(got.statusCode ?? 500, got.headers);
      if (fault?.kind !== "cut-off") {
        got.pipe(answer);
        return;
      }
      got.once("end", () => answer.destroy());
      got.once("data", (chunk: Buffer) => {
        answer.write(chunk.subarray(0, Math.ceil(chunk.length / 2)), () => answer.destroy());
        got.destroy();
      });
    });
    forwarded.on("error", () => answer.destroy());
    asked.pipe(forwarded);
  }

  async #truncate(got: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await buffer(got);
    const half = body.subarray(0, Math.floor(body.length / 2));
    const kept = Object.entries(got.headers).filter(([name]) => !name.startsWith("x-amz-checksum"));
    answer.writeHead(got.statusCode ?? 500, { ...Object.fromEntries(kept), "content-length": half.length });
    answer.end(half);
  }
}
