import { isIP } from "node:net";
import { Refusal, type Problem } from "../problem";
import type { ImageSpec } from "./protocol";

const accept = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");
const patience = 20_000;

/**
 * Asks every image's registry for its digest (rule N8).
 * @throws Refusal that lists all images that can't be pulled.
 */
export async function refuseMissingImages(images: readonly ImageSpec[]): Promise<void> {
  const problems = (await Promise.all(images.map(missing))).filter((problem) => problem !== undefined);
  if (problems.length > 0) throw new Refusal("images", problems);
}

async function missing(image: ImageSpec): Promise<Problem | undefined> {
  const where = `images.${image.name} (${image.repository}@${image.digest})`;
  const found = await ask(image).catch((error: unknown) => `no answer (${reason(error)})`);
  if (found === undefined) return undefined;
  return {
    where,
    found,
    allowed: "an image that its registry has, before writes are closed",
    mend: `push it, or set the digest of one that exists under slipway:images.${image.name}`,
  };
}

/** What is wrong with it, or undefined when the registry has it. */
async function ask({ repository, digest }: ImageSpec): Promise<string | undefined> {
  const url = manifestUrl(repository, digest);
  const head = (token?: string) =>
    fetch(url, {
      method: "HEAD",
      headers: { accept, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      signal: AbortSignal.timeout(patience),
    });
  let answer = await head();
  if (answer.status === 401)
    answer = await head(await anonymousToken(answer.headers.get("www-authenticate") ?? ""));
  if (answer.status === 404) return "no such image";
  if (!answer.ok) return `the registry's answer ${answer.status}`;
  const told = answer.headers.get("docker-content-digest");
  return told === null || told === digest ? undefined : `another digest: ${told}`;
}

/** Plain HTTP only where nobody can listen: on loopback. */
export function manifestUrl(repository: string, digest: string): string {
  const [first = "", ...rest] = repository.split("/");
  const isHost = rest.length > 0 && (first.includes(".") || first.includes(":") || first === "localhost");
  const host = isHost ? first : "registry-1.docker.io";
  const path = isHost ? rest.join("/") : rest.length > 0 ? repository : `library/${repository}`;
  const name = host.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  const loopback = name === "localhost" || name === "::1" || (isIP(name) === 4 && name.startsWith("127."));
  return `${loopback ? "http" : "https"}://${host === "docker.io" ? "registry-1.docker.io" : host}/v2/${path}/manifests/${digest}`;
}

/** Public images of most registries need a token that anybody gets. */
async function anonymousToken(challenge: string): Promise<string | undefined> {
  const part = (key: string): string | undefined => new RegExp(`${key}="([^"]*)"`).exec(challenge)?.[1];
  const realm = part("realm");
  if (realm === undefined) return undefined;
  const url = new URL(realm);
  for (const key of ["service", "scope"]) {
    const value = part(key);
    if (value !== undefined) url.searchParams.set(key, value);
  }
  const answer = await fetch(url, { signal: AbortSignal.timeout(patience) });
  const body = (await answer.json()) as { readonly token?: string; readonly access_token?: string };
  return body.token ?? body.access_token;
}

function reason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
