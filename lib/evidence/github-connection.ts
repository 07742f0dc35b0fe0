import { Octokit } from "@octokit/rest";
import { quoted } from "../release/references/quoted";
import { absent, type Evidence, type Finding, found } from "./finding";
import { faultFinding, type ForgeFault, forgeFetch } from "./forge-fault";

/** Which repository of which GitHub, and as whom. */
export interface GithubPlace {
  readonly owner: string;
  readonly repo: string;
  /** Without a token public repositories are seen, within GitHub's small limit. */
  readonly token?: string | undefined;
  /** Address of the API. Default: `https://api.github.com`. */
  readonly api?: string | undefined;
  /** Time limit of one question. Default: 20 s. */
  readonly seconds?: number | undefined;
}

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** One repository on GitHub, asked by Octokit; every way in which that fails becomes a finding. */
export class GithubConnection {
  readonly octokit: Octokit;
  readonly name: string;
  /** The two parameters that every question about the repository has. */
  readonly at: { readonly owner: string; readonly repo: string };

  constructor({ owner, repo, token, api, seconds }: GithubPlace) {
    this.octokit = new Octokit({
      ...(token === undefined ? {} : { auth: token }),
      baseUrl: api ?? "https://api.github.com",
      userAgent: "slipway",
      log: silent,
      request: { fetch: forgeFetch(seconds ?? 20) },
    });
    this.name = `${api === undefined ? "github.com" : new URL(api).host}/${owner}/${repo}`;
    this.at = { owner, repo };
  }

  /** Asks for what may not be there: undefined when the repository is seen and has no such thing. */
  async lookUp<T>(what: string, ask: () => Promise<T>): Promise<Finding<T | undefined>> {
    try {
      return found(await ask(), this.evidence(what, this.name));
    } catch (error) {
      const fault = faultOf(error);
      if (fault === undefined) throw error;
      if (fault.status === 404 && (await this.seen()))
        return found(undefined, this.evidence(`no ${what}`, this.name));
      return faultFinding(this.name, "GITHUB_TOKEN", what, fault);
    }
  }

  /** Asks for what must be there. */
  async ask<T>(what: string, ask: () => Promise<T>): Promise<Finding<T>> {
    const answer = await this.lookUp(what, ask);
    if (answer.finding !== "found") return answer;
    return answer.value === undefined ? this.absent(what) : { ...answer, value: answer.value };
  }

  absent(what: string): Finding<never> {
    return absent(this.name, what, this.evidence(`no ${what}`, this.name));
  }

  evidence(what: string, where: string, made?: { readonly at: string; readonly by: string }): Evidence {
    return { what, where, when: made?.at ?? new Date().toISOString(), by: made?.by ?? "GitHub" };
  }

  /** GitHub says 404 for a repository that one may not see, too: only then is a 404 no answer. */
  private async seen(): Promise<boolean> {
    try {
      await this.octokit.rest.repos.get(this.at);
      return true;
    } catch (error) {
      if (faultOf(error) === undefined) throw error;
      return false;
    }
  }
}

/** What Octokit throws, told apart; undefined for what is no answer of a forge at all but a fault of ours. */
function faultOf(error: unknown): ForgeFault | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === "GraphqlResponseError") {
    const errors = "errors" in error ? (error.errors as readonly { message: string }[]) : [];
    const says = errors.map(({ message }) => message).join("; ");
    return { status: 403, says, limited: /rate limit/i.test(says) };
  }
  if (error.name !== "HttpError" || !("status" in error) || typeof error.status !== "number")
    return undefined;
  const response =
    "response" in error
      ? (error.response as { headers: Record<string, string | undefined> } | undefined)
      : undefined;
  if (response === undefined) return { says: error.message, limited: false };
  const { status } = error;
  const spent =
    response.headers["x-ratelimit-remaining"] === "0" || response.headers["retry-after"] !== undefined;
  const limited = status === 429 || (status === 403 && spent);
  return { status, says: error.message, limited, retryAfter: response.headers["retry-after"] };
}

/** A repository's owner and name from its address. Example: `https://github.com/xchem/fragalysis-stack`. */
export function githubAddress(address: string): { owner: string; repo: string } | undefined {
  const match = /^(?:https:\/\/github\.com\/|git@github\.com:)([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/.exec(
    address,
  );
  const [, owner, repo] = match ?? [];
  return owner === undefined || repo === undefined ? undefined : { owner, repo };
}

/** An id or name in a message. */
export function named(kind: string, name: string | number): string {
  return typeof name === "number" ? `${kind} #${name}` : `${kind} ${quoted(name)}`;
}
