import { z } from "zod";
import { askHttp } from "./http";
import type { Credentials } from "./registry-credentials";

/** What a registry asks for when it says 401. */
export type Challenge =
  | { readonly scheme: "basic" }
  | { readonly scheme: "bearer"; readonly realm: string; readonly service?: string; readonly scope?: string };

/** The value of an Authorization header, or why there is none. */
export type Authorization =
  { readonly granted: true; readonly header: string } | { readonly granted: false; readonly says: string };

const tokenAnswer = z.union([
  z.object({ token: z.string().min(1) }),
  z.object({ access_token: z.string().min(1) }),
]);

/** Reads a `WWW-Authenticate` header; undefined for schemes that no registry uses. */
export function readChallenge(header: string | null): Challenge | undefined {
  const [, scheme = "", rest = ""] = /^\s*([A-Za-z]+)(?:\s+(.*))?$/s.exec(header ?? "") ?? [];
  if (scheme.toLowerCase() === "basic") return { scheme: "basic" };
  if (scheme.toLowerCase() !== "bearer") return undefined;
  const parameters = new Map(
    Array.from(
      rest.matchAll(/([a-z]+)\s*=\s*(?:"([^"]*)"|([^\s,"]+))/gi),
      ([, key = "", quotedValue, plain]) => [key.toLowerCase(), quotedValue ?? plain ?? ""],
    ),
  );
  const [realm, service, scope] = ["realm", "service", "scope"].map((key) => parameters.get(key));
  if (realm === undefined) return undefined;
  return {
    scheme: "bearer",
    realm,
    ...(service === undefined ? {} : { service }),
    ...(scope === undefined ? {} : { scope }),
  };
}

/** Answers a challenge: basic credentials as they are, or a token fetched for this scope. */
export async function authorize(
  challenge: Challenge,
  scope: string,
  credentials: Credentials | undefined,
  seconds: number,
): Promise<Authorization> {
  const basic = credentials === undefined ? undefined : basicHeader(credentials);
  if (challenge.scheme === "basic") {
    return basic === undefined
      ? { granted: false, says: "asks for a user name and a password" }
      : { granted: true, header: basic };
  }
  if (!URL.canParse(challenge.realm))
    return { granted: false, says: "names no address where a token is to be had" };
  const address = new URL(challenge.realm);
  if (challenge.service !== undefined) address.searchParams.set("service", challenge.service);
  address.searchParams.set("scope", challenge.scope ?? scope);
  const headers: Record<string, string> = basic === undefined ? {} : { authorization: basic };
  const outcome = await askHttp({ method: "GET", address, headers, seconds, mostBytes: 1024 * 1024 });
  if (outcome.ended === "failed") return { granted: false, says: `gives no token: ${outcome.says}` };
  if (outcome.status !== 200)
    return { granted: false, says: `gives no token: ${address.host} answers ${outcome.status}` };
  const answer = tokenAnswer.safeParse(parseJson(outcome.body));
  if (!answer.success)
    return { granted: false, says: `gives no token: ${address.host} answers something else` };
  return {
    granted: true,
    header: `Bearer ${"token" in answer.data ? answer.data.token : answer.data.access_token}`,
  };
}

function basicHeader({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
}
