import { Gitlab } from "@gitbeaker/rest";
import type { z } from "zod";
import { absent, type Evidence, type Finding, found } from "./finding";
import { faultFinding, type ForgeFault } from "./forge-fault";
import { isLoopback } from "./http";

/** Which project of which GitLab, and as whom. */
export interface GitlabPlace {
  /** Path of the project. Example: `hca/ingest-core`. */
  readonly project: string;
  /** A personal, project or group access token. Without one public projects are seen. */
  readonly token?: string | undefined;
  /** Address of the server. Default: `https://gitlab.com`. */
  readonly host?: string | undefined;
  /** Time limit of one question. Default: 20 s. */
  readonly seconds?: number | undefined;
}

/** One project on GitLab, asked by its client; every way in which that fails becomes a finding. */
export class GitlabConnection {
  readonly api: InstanceType<typeof Gitlab>;
  readonly name: string;
  readonly project: string;
  private readonly address: URL;

  constructor({ project, token, host, seconds }: GitlabPlace) {
    this.address = new URL(host ?? "https://gitlab.com");
    const options = { host: this.address.origin, queryTimeout: (seconds ?? 20) * 1000 };
    // As a bearer token, because fetch drops that header when it is redirected to another host, and no other.
    this.api = new Gitlab(
      token === undefined ? { ...options, token: "" } : { ...options, oauthToken: token },
    );
    this.project = project;
    this.name = `${this.address.host}/${project}`;
  }

  /** Asks for what may not be there: undefined when the project is seen and has no such thing. */
  async lookUp<T extends z.ZodType>(
    what: string,
    shape: T,
    ask: () => Promise<unknown>,
  ): Promise<Finding<z.infer<T> | undefined>> {
    const answer = await this.answer(ask);
    if (answer.given) {
      const read = shape.safeParse(answer.value);
      if (read.success) return found(read.data, this.evidence(what, this.link));
      return this.fault(what, { says: "an answer of another form than GitLab's", limited: false });
    }
    if (answer.fault.status === 404 && (await this.seen()))
      return found(undefined, this.evidence(`no ${what}`, this.link));
    return this.fault(what, answer.fault);
  }

  /** Asks for what must be there. */
  async ask<T extends z.ZodType>(
    what: string,
    shape: T,
    ask: () => Promise<unknown>,
  ): Promise<Finding<z.infer<T>>> {
    const answer = await this.lookUp(what, shape, ask);
    if (answer.finding !== "found") return answer;
    return answer.value === undefined ? this.absent(what) : { ...answer, value: answer.value };
  }

  absent(what: string): Finding<never> {
    return absent(this.name, what, this.evidence(`no ${what}`, this.link));
  }

  evidence(what: string, where: string, made?: { readonly at: string; readonly by: string }): Evidence {
    return { what, where, when: made?.at ?? new Date().toISOString(), by: made?.by ?? "GitLab" };
  }

  get link(): string {
    return `${this.address.origin}/${this.project}`;
  }

  private fault(what: string, fault: ForgeFault): Finding<never> {
    return faultFinding(this.name, "GITLAB_TOKEN", what, fault);
  }

  private async answer(ask: () => Promise<unknown>): Promise<Answer> {
    if (this.address.protocol !== "https:" && !isLoopback(this.address.host)) {
      return {
        given: false,
        fault: { says: `${this.address.origin} is not asked: https only`, limited: false },
      };
    }
    try {
      return { given: true, value: await ask() };
    } catch (error) {
      const fault = faultOf(error);
      if (fault === undefined) throw error;
      return { given: false, fault };
    }
  }

  /** GitLab says 404 for a project that one may not see, too: only then is a 404 no answer. */
  private async seen(): Promise<boolean> {
    return (await this.answer(() => this.api.Projects.show(this.project))).given;
  }
}

type Answer =
  { readonly given: true; readonly value: unknown } | { readonly given: false; readonly fault: ForgeFault };

/** What the client throws, told apart; undefined for what is no answer of a forge at all but a fault of ours. */
function faultOf(error: unknown): ForgeFault | undefined {
  if (!(error instanceof Error)) return undefined;
  switch (error.name) {
    case "GitbeakerRequestError": {
      const status = (error.cause as { response?: Response } | undefined)?.response?.status;
      return { status, says: error.message, limited: status === 429 };
    }
    case "GitbeakerRetryError": {
      // It has tried several times; the last status stands in its message alone.
      const status = Number(/status code: (\d{3})/.exec(error.message)?.[1] ?? 502);
      return { status, says: error.message, limited: status === 429 };
    }
    case "GitbeakerTimeoutError":
    case "SyntaxError":
      return { says: error.message, limited: false };
    case "TypeError":
      return error.message === "fetch failed" ? { says: cause(error), limited: false } : undefined;
    default:
      return undefined;
  }
}

function cause(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}
