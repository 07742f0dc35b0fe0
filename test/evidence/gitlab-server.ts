import { checkDocumented, documented } from "./gitlab-documented";
import { type Answer, type Asked, HttpFixture } from "./http-fixture";

type Json = Record<string, unknown>;
type Kind = keyof typeof documented;

/** Whose token asks. */
const asker = "release-bot";

/** A server that plays one GitLab project; every answer is held against what GitLab's documentation shows. */
export class GitlabServer {
  pipelines: Json[] = [];
  /** Jobs by the id of their pipeline. */
  jobs: Record<number, Json[]> = {};
  mergeRequests: Json[] = [];
  approvedBy: Json[] = [];
  versions: Json[] = [];
  notes: Json[] = [];
  events: Json[] = [];
  accounts: Json[] = [];
  releases: Json[] = [];
  tags: Json[] = [];
  issues: Json[] = [];
  boards: Json[] = [];
  deployments: Json[] = [];
  fault: ((asked: Asked) => Answer | undefined) | undefined;
  readonly written: string[] = [];

  private constructor(private readonly http: HttpFixture) {}

  static async start(): Promise<GitlabServer> {
    const http = await HttpFixture.start();
    const server = new GitlabServer(http);
    http.answering((asked) => server.answer(asked));
    return server;
  }

  get host(): string {
    return `http://${this.http.host}`;
  }

  get asked(): readonly Asked[] {
    return this.http.asked;
  }

  stop(): Promise<void> {
    return this.http.stop();
  }

  make(kind: Kind, change: Json): Json {
    return { ...structuredClone(documented[kind]), ...change };
  }

  user(username: string): Json {
    const known = this.accounts.find((one) => one["username"] === username);
    if (known !== undefined) return this.make("user", { id: known["id"], username });
    this.accounts.push(this.make("account", { id: this.accounts.length + 1, username }));
    return this.user(username);
  }

  private answer(asked: Asked): Answer {
    const fault = this.fault?.(asked);
    if (fault !== undefined) return fault;
    const [, project = "", rest = ""] = /^\/api\/v4\/projects\/([^/]+)\/?(.*)$/.exec(asked.path) ?? [];
    const account = /^\/api\/v4\/users\/(\d+)$/.exec(asked.path)?.[1];
    if (account !== undefined)
      return this.one(
        "account",
        this.accounts.find(({ id }) => id === Number(account)),
      );
    if (asked.path === "/api/v4/user") return this.one("account", this.make("account", this.user(asker)));
    if (asked.path === "/api/v4/users") {
      return this.list(
        "user",
        this.accounts.filter(({ username }) => username === asked.query.get("username")),
      );
    }
    if (project === "" || decodeURIComponent(project) === "hca/hidden") return notFound;
    if (rest === "") return json(200, { id: 1 });
    return asked.method === "GET" ? this.read(asked, rest) : this.write(asked, rest);
  }

  private read({ query }: Asked, rest: string): Answer {
    const [, kind = "", id = "", sub = ""] =
      /^([^/]+(?:\/commits|\/tags)?)\/?([^/]*)\/?(.*)$/.exec(rest) ?? [];
    const name = decodeURIComponent(id);
    const request = this.mergeRequests.find(({ iid }) => String(iid) === name);
    switch (`${kind}${name === "" ? "" : "/one"}${sub === "" ? "" : `/${sub}`}`) {
      case "pipelines":
        return this.list(
          "pipeline",
          this.pipelines.filter(({ sha }) => sha === query.get("sha")),
        );
      case "pipelines/one/jobs":
        return this.list("job", this.jobs[Number(name)] ?? []);
      case "merge_requests/one":
        return this.one("mergeRequest", request);
      case "merge_requests/one/versions":
        return this.list("version", this.versions);
      case "merge_requests/one/approvals":
        return this.one("approvals", this.make("approvals", { approved_by: this.approvedBy }));
      case "issues/one/notes":
      case "merge_requests/one/notes":
        return this.list("note", this.notes);
      case "events":
        return this.list("pushEvent", query.get("action") === "pushed" ? this.events : []);
      case "repository/commits/one/merge_requests":
        return this.list("mergeRequest", this.mergeRequests);
      case "releases/one":
        return this.one(
          "release",
          this.releases.find((one) => one["tag_name"] === name),
        );
      case "repository/tags/one":
        return this.one(
          "tag",
          this.tags.find((one) => one["name"] === name),
        );
      case "issues":
        return this.list(
          "issue",
          this.issues.filter(({ title }) => (title as string).includes(query.get("search") ?? "")),
        );
      case "issues/one":
        return this.one(
          "issue",
          this.issues.find(({ iid }) => String(iid) === name),
        );
      case "boards":
        return this.list("board", this.boards);
      case "deployments": {
        const wanted = query.get("environment");
        return this.list(
          "deployment",
          this.deployments.filter(
            ({ environment }) => wanted === null || (environment as Json)["name"] === wanted,
          ),
        );
      }
      default:
        return notFound;
    }
  }

  private write(asked: Asked, rest: string): Answer {
    this.written.push(`${asked.method} ${rest}`);
    const body = JSON.parse(asked.body) as Json;
    const name = decodeURIComponent(rest.split("/")[1] ?? "");
    if (rest === "releases") {
      const made = this.make("release", {
        tag_name: body["tag_name"],
        name: body["name"],
        description: body["description"],
      });
      this.tags.push(
        this.make("tag", { name: body["tag_name"], commit: { ...documented.tag.commit, id: body["ref"] } }),
      );
      this.releases.push(made);
      return this.one("release", made, 201);
    }
    if (/^(?:merge_requests|issues)\/\d+\/notes/.test(rest)) {
      const there = this.notes.find(({ id }) => String(id) === rest.split("/")[3]);
      if (there === undefined)
        this.notes.push(
          this.make("note", { id: this.notes.length + 1, body: body["body"], author: this.user(asker) }),
        );
      else Object.assign(there, body);
      return this.one("note", there ?? this.notes.at(-1), asked.method === "POST" ? 201 : 200);
    }
    if (rest.startsWith("releases/")) {
      return this.one(
        "release",
        Object.assign(this.releases.find((one) => one["tag_name"] === name) ?? {}, body),
      );
    }
    const issue =
      this.issues.find(({ iid }) => String(iid) === name) ??
      this.make("issue", { iid: this.issues.length + 1, title: body["title"] });
    if (!this.issues.includes(issue)) this.issues.push(issue);
    const split = (key: string): string[] =>
      ((body[key] as string | undefined) ?? "").split(",").filter((label) => label !== "");
    const labels =
      "labels" in body ? split("labels") : [...(issue["labels"] as string[]), ...split("add_labels")];
    Object.assign(issue, {
      labels: [...new Set(labels)].filter((label) => !split("remove_labels").includes(label)),
      ...("description" in body ? { description: body["description"] } : {}),
      ...("assignee_ids" in body
        ? {
            assignees: this.accounts.filter(({ id }) =>
              (body["assignee_ids"] as number[]).includes(id as number),
            ),
          }
        : {}),
    });
    return this.one("issue", issue, asked.method === "POST" ? 201 : 200);
  }

  private list(kind: Kind, values: readonly Json[]): Answer {
    for (const value of values) checkDocumented(value, documented[kind], kind);
    return json(200, values);
  }

  private one(kind: Kind, value: Json | undefined, status = 200): Answer {
    if (value === undefined) return notFound;
    checkDocumented(value, documented[kind], kind);
    return json(status, value);
  }
}

const notFound: Answer = json(404, { message: "404 Not Found" });

function json(status: number, body: unknown): Answer {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}
