import type { ImageRepository } from "../release/references/image-repository";
import { askHttp, isLoopback, type HttpOutcome } from "./http";
import { authorize, readChallenge } from "./oci-authorization";
import type { CredentialSource } from "./registry-credentials";

const mostBytes = 8 * 1024 * 1024;

/** A question to one repository of a registry. */
export interface OciRequest {
  readonly method: "GET" | "HEAD" | "PUT" | "POST";
  /** Below the repository. Example: `manifests/v2.19.0`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** Talks to registries: finds the address, answers what a registry asks for who one is, keeps tokens while it lives. */
export class OciSession {
  private readonly granted = new Map<string, string>();

  constructor(
    private readonly credentials: CredentialSource,
    /** Time limit of one exchange. */
    private readonly seconds: number,
  ) {}

  async ask(repository: ImageRepository, request: OciRequest): Promise<HttpOutcome> {
    const scope = `repository:${repository.path}:${["PUT", "POST"].includes(request.method) ? "pull,push" : "pull"}`;
    const key = `${repository.host} ${scope}`;
    const first = await this.send(repository, request, this.granted.get(key));
    if (first.ended === "failed" || first.status !== 401) return first;
    const challenge = readChallenge(first.headers.get("www-authenticate"));
    if (challenge === undefined) return first;
    const credentials = await this.credentials(repository.host);
    const authorization = await authorize(challenge, scope, credentials, this.seconds);
    if (!authorization.granted) return { ended: "failed", says: `${repository.host} ${authorization.says}` };
    this.granted.set(key, authorization.header);
    return this.send(repository, request, authorization.header);
  }

  private send(
    repository: ImageRepository,
    request: OciRequest,
    authorization: string | undefined,
  ): Promise<HttpOutcome> {
    const { method, path, headers, body } = request;
    return askHttp({
      method,
      address: new URL(`/v2/${repository.path}/${path}`, base(repository.host)),
      headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
      ...(body === undefined ? {} : { body }),
      seconds: this.seconds,
      mostBytes,
    });
  }
}

function base(host: string): string {
  if (host === "docker.io") return "https://registry-1.docker.io";
  return isLoopback(host) ? `http://${host}` : `https://${host}`;
}
