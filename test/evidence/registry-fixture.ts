import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { cacheDirectory } from "../../lib/config/embedded";
import { readGoRecipe } from "../../tools/toolchain/go-recipe";
import { silent } from "../../tools/toolchain/progress";
import { ToolCache } from "../../tools/toolchain/tool-cache";

export const imageType = "application/vnd.oci.image.manifest.v1+json";
export const indexType = "application/vnd.oci.image.index.v1+json";

/** A real registry server (distribution's), on a free port of this machine, with its data in a temporary folder. */
export class RegistryFixture {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    /** Host and port. */
    readonly host: string,
    /** What pushes; the server's own tests of permission are the registry's. */
    private readonly authorization: string | undefined,
  ) {}

  /** @param auth is YAML for the server's `auth:` section, already written with the files it names. */
  static async start(auth = "", authorization?: string): Promise<RegistryFixture> {
    const tool = await new ToolCache(cacheDirectory(), silent).provide(await readGoRecipe("registry"));
    const folder = await mkdtemp(join(tmpdir(), "slipway-test-registry-"));
    const config = `version: 0.1
log: { level: info, formatter: json, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: ${join(folder, "data")} }, delete: { enabled: true } }
http: { addr: "127.0.0.1:0" }
${auth}
`;
    await writeFile(join(folder, "config.yml"), config);
    const child = spawn(join(tool, "registry"), ["serve", join(folder, "config.yml")], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env["PATH"], OTEL_TRACES_EXPORTER: "none" },
    });
    const host = await listening(child);
    return new RegistryFixture(child, folder, host, authorization);
  }

  async stop(): Promise<void> {
    const ended = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Uploads bytes; their digest. */
  async blob(repository: string, bytes: Buffer): Promise<{ digest: string; size: number }> {
    const digest = sha256(bytes);
    const begun = await this.fetch(`/v2/${repository}/blobs/uploads/`, { method: "POST" });
    const place = new URL(begun.headers.get("location") ?? "", `http://${this.host}`);
    place.searchParams.set("digest", digest);
    await this.fetch(place.pathname + place.search, { method: "PUT", body: bytes });
    return { digest, size: bytes.length };
  }

  /** Pushes a whole image of one layer; its digest. */
  async image(
    repository: string,
    tag: string,
    config: Record<string, unknown> = {},
    layer = `layer of ${tag}`,
  ): Promise<string> {
    const layers = [
      {
        mediaType: "application/vnd.oci.image.layer.v1.tar",
        ...(await this.blob(repository, Buffer.from(layer))),
      },
    ];
    const described = await this.blob(
      repository,
      Buffer.from(JSON.stringify({ os: "linux", architecture: "amd64", ...config })),
    );
    const manifest = {
      schemaVersion: 2,
      mediaType: imageType,
      config: { mediaType: "application/vnd.oci.image.config.v1+json", ...described },
      layers,
    };
    return this.manifest(repository, tag, imageType, manifest);
  }

  /** Pushes a manifest under a tag; its digest. */
  async manifest(repository: string, tag: string, type: string, manifest: unknown): Promise<string> {
    const body = Buffer.from(JSON.stringify(manifest));
    await this.fetch(`/v2/${repository}/manifests/${tag}`, {
      method: "PUT",
      body,
      headers: { "content-type": type },
    });
    return sha256(body);
  }

  /** Bytes and type of what a tag stands for, past the code under test. */
  async raw(repository: string, reference: string): Promise<{ text: string; type: string | null }> {
    const headers = { accept: `${imageType}, ${indexType}` };
    const answer = await this.fetch(`/v2/${repository}/manifests/${reference}`, { headers });
    return { text: await answer.text(), type: answer.headers.get("content-type") };
  }

  async remove(repository: string, kind: "manifests" | "blobs", digest: string): Promise<void> {
    await this.fetch(`/v2/${repository}/${kind}/${digest}`, { method: "DELETE" });
  }

  private async fetch(
    path: string,
    request: { method?: string; body?: Buffer; headers?: Record<string, string> },
  ): Promise<Response> {
    const headers = {
      ...request.headers,
      ...(this.authorization === undefined ? {} : { authorization: this.authorization }),
    };
    const answer = await fetch(`http://${this.host}${path}`, { ...request, headers });
    if (!answer.ok)
      throw new Error(`${request.method ?? "GET"} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }
}

export function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let log = "";
    const read = (chunk: Buffer): void => {
      log += chunk.toString("utf8");
      const host = /listening on (127\.0\.0\.1:\d+)/.exec(log)?.[1];
      if (host !== undefined) resolve(host);
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.on("exit", () => {
      reject(new Error(`the registry ended: ${log.slice(-2000)}`));
    });
  });
}
