import { buildClientSchema, graphqlSync, type GraphQLSchema, type IntrospectionQuery } from "graphql";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../lib/package-root";
import { githubDescription } from "./github-description";
import { type Answer, type Asked, HttpFixture } from "./http-fixture";

type Json = Record<string, unknown>;

const repo = "/repos/{owner}/{repo}";

/**
 * A server that plays one GitHub repository: its state is what a test puts in, every answer is built from GitHub's published
 * example and held against the published description, every request body too; GraphQL runs on the published schema.
 */
export class GithubServer {
  runs: Json[] = [];
  checks: Json[] = [];
  statuses: Json[] = [];
  pulls: Json[] = [];
  reviews: Json[] = [];
  activities: Json[] = [];
  releases: Json[] = [];
  deployments: Json[] = [];
  deploymentStatuses: Json[] = [];
  issues: Json[] = [];
  /** Under the one pull request that there is; those that were made by asking are the asker's own. */
  comments: Json[] = [];
  readonly ownComments = new Set<unknown>();
  /** GitHub's search lags behind: issues that it does not know yet. */
  unindexed = new Set<number>();
  refs: Record<string, { type: string; sha: string }> = {};
  tags: Record<string, { type: string; sha: string }> = {};
  boards: {
    id: string;
    title: string;
    lanes: string[];
    items: { id: string; issue: number; lane?: string }[];
    owner?: true;
  }[] = [];
  /** Set to answer everything with a fault. */
  fault: ((asked: Asked) => Answer | undefined) | undefined;
  /** Questions that changed something. */
  readonly written: string[] = [];

  private constructor(private readonly http: HttpFixture) {}

  static async start(): Promise<GithubServer> {
    const http = await HttpFixture.start();
    const server = new GithubServer(http);
    http.answering((asked) => server.answer(asked));
    return server;
  }

  get api(): string {
    return `http://${this.http.host}`;
  }

  get asked(): readonly Asked[] {
    return this.http.asked;
  }

  stop(): Promise<void> {
    return this.http.stop();
  }

  /** The published example of one kind of thing, changed. */
  make(kind: keyof typeof kinds, change: Json): Json {
    const { path, method, status, pick } = kinds[kind];
    return githubDescription().example(path, method, status, change, pick);
  }

  user(login: string, type = "User"): Json {
    return { ...(this.make("release", {})["author"] as Json), login, type };
  }

  private answer(asked: Asked): Answer {
    const fault = this.fault?.(asked);
    if (fault !== undefined) return fault;
    if (asked.path === "/graphql") return json(200, this.graphql(asked));
    const [, owner, name, rest = ""] = /^\/repos\/([^/]+)\/([^/]+)(?:\/(.*))?$/.exec(asked.path) ?? [];
    if (asked.path === "/search/issues")
      return this.checked("/search/issues", asked, 200, this.search(asked.query.get("q") ?? ""));
    if (owner === undefined || name === undefined || name === "hidden") return notFound;
    return this.inRepository(asked, rest);
  }

  private inRepository(asked: Asked, rest: string): Answer {
    const { method } = asked;
    const body = (asked.body === "" ? {} : JSON.parse(asked.body)) as Json;
    const issue = this.issues.find(({ number }) => rest === `issues/${number as number}`);
    const release = this.releases.find(({ id }) => rest === `releases/${id as number}`);
    const comment = this.comments.find(({ id }) => rest === `issues/comments/${id as number}`);
    if (method === "PATCH" && comment !== undefined) {
      return this.checked(`${repo}/issues/comments/{comment_id}`, asked, 200, Object.assign(comment, body));
    }
    if (/^issues\/\d+\/comments$/.test(rest)) return this.commented(asked, body);
    const listed: Record<string, [string, unknown]> = {
      "": [repo, { id: 1 }],
      "actions/runs": [
        `${repo}/actions/runs`,
        { total_count: this.runs.length, workflow_runs: this.sha(this.runs, asked.query.get("head_sha")) },
      ],
      activity: [`${repo}/activity`, this.activities.filter(({ ref }) => ref === asked.query.get("ref"))],
      releases: [`${repo}/releases`, this.releases],
      issues: [`${repo}/issues`, [...this.issues].reverse().slice(0, Number(asked.query.get("per_page")))],
      deployments: [
        `${repo}/deployments`,
        this.deployments.filter(({ environment }) =>
          [null, environment].includes(asked.query.get("environment")),
        ),
      ],
    };
    if (method === "POST" && rest === "issues") {
      const made = this.make("issue", {
        ...this.issueFields(body),
        number: this.issues.length + 1,
        id: this.issues.length + 1,
      });
      this.issues.push(made);
      return this.checked(`${repo}/issues`, asked, 201, made);
    }
    if (method === "PATCH" && issue !== undefined) {
      Object.assign(issue, this.issueFields({ ...issue, ...body }));
      return this.checked(`${repo}/issues/{issue_number}`, asked, 200, issue);
    }
    if (method === "POST" && rest === "releases") {
      const tag = body["tag_name"] as string;
      this.refs[`tags/${tag}`] ??= { type: "commit", sha: body["target_commitish"] as string };
      const made = this.make("release", { ...body, id: this.releases.length + 1, prerelease: false });
      this.releases.push(made);
      return this.checked(`${repo}/releases`, asked, 201, made);
    }
    if (method === "PATCH" && release !== undefined) {
      return this.checked(`${repo}/releases/{release_id}`, asked, 200, Object.assign(release, body));
    }
    const list = listed[rest];
    if (list !== undefined)
      return rest === "" ? json(200, list[1]) : this.checked(list[0], asked, 200, list[1]);
    if (issue !== undefined) return this.checked(`${repo}/issues/{issue_number}`, asked, 200, issue);
    return this.single(asked, rest);
  }

  private commented(asked: Asked, body: Json): Answer {
    const path = `${repo}/issues/{issue_number}/comments`;
    if (asked.method === "GET") return this.checked(path, asked, 200, this.comments);
    const id = this.comments.length + 1;
    const made = this.make("comment", { ...body, id, node_id: `comment-${id}` });
    this.comments.push(made);
    this.ownComments.add(made["node_id"]);
    return this.checked(path, asked, 201, made);
  }

  private single(asked: Asked, rest: string): Answer {
    const [, kind = "", id = "", sub = ""] =
      /^(commits|pulls|releases\/tags|git\/ref|git\/tags|deployments)\/(.+?)(?:\/(check-runs|status|pulls|reviews|statuses))?$/.exec(
        rest,
      ) ?? [];
    const name = decodeURIComponent(id);
    const found: Record<string, () => [string, unknown] | undefined> = {
      "commits/check-runs": () => [
        `${repo}/commits/{ref}/check-runs`,
        { total_count: this.checks.length, check_runs: this.sha(this.checks, name) },
      ],
      "commits/status": () => [
        `${repo}/commits/{ref}/status`,
        this.make("status", { sha: name, statuses: this.statuses, total_count: this.statuses.length }),
      ],
      "commits/pulls": () => [
        `${repo}/commits/{commit_sha}/pulls`,
        this.pulls.map((pull) => this.make("listed pull", { number: pull["number"] })),
      ],
      "pulls/": () =>
        one(
          `${repo}/pulls/{pull_number}`,
          this.pulls.find(({ number }) => String(number) === name),
        ),
      "pulls/reviews": () => [`${repo}/pulls/{pull_number}/reviews`, this.reviews],
      "releases/tags/": () =>
        one(
          `${repo}/releases/tags/{tag}`,
          this.releases.find((made) => made["tag_name"] === name && made["draft"] !== true),
        ),
      "git/ref/": () =>
        one(
          `${repo}/git/ref/{ref}`,
          this.refs[name] &&
            this.make("ref", {
              ref: `refs/${name}`,
              object: { ...this.refs[name], url: "https://api.github.com" },
            }),
        ),
      "git/tags/": () =>
        one(
          `${repo}/git/tags/{tag_sha}`,
          this.tags[name] &&
            this.make("tag", { sha: name, object: { ...this.tags[name], url: "https://api.github.com" } }),
        ),
      "deployments/statuses": () => [
        `${repo}/deployments/{deployment_id}/statuses`,
        this.deploymentStatuses.filter((status) => status["deployment_url"] === name),
      ],
    };
    const answer = found[`${kind}/${sub}`]?.();
    return answer === undefined ? notFound : this.checked(answer[0], asked, 200, answer[1]);
  }

  private sha(list: readonly Json[], commit: string | null): readonly Json[] {
    return list.filter((run) => run["head_sha"] === commit);
  }

  private issueFields(body: Json): Json {
    const logins = (body["assignees"] as (string | Json)[] | undefined) ?? [];
    const labels = (body["labels"] as (string | Json)[] | undefined) ?? [];
    const label = (this.make("issue", {})["labels"] as Json[])[0];
    return {
      ...body,
      assignees: logins.map((login) => (typeof login === "string" ? this.user(login) : login)),
      labels: labels.map((name) => (typeof name === "string" ? { ...label, name } : name)),
    };
  }

  private search(query: string): unknown {
    const [, title = ""] = /in:title "([^"]*)"/.exec(query) ?? [];
    const found = this.issues.filter(
      (issue) => !this.unindexed.has(issue["number"] as number) && (issue["title"] as string).includes(title),
    );
    return {
      total_count: found.length,
      incomplete_results: false,
      search_type: "lexical",
      items: found.map((issue) => ({ ...withoutRequest(this.make("found issue", {})), ...issue })),
    };
  }

  private checked(path: string, asked: Asked, status: number, body: unknown): Answer {
    const method = asked.method.toLowerCase();
    if (asked.method !== "GET") {
      this.written.push(`${asked.method} ${asked.path}`);
      githubDescription().checkRequest(path, method, JSON.parse(asked.body));
    }
    githubDescription().checkAnswer(path, method, status, body);
    return json(status, body);
  }

  /** Runs a query on the published schema; what the query asks for wrongly, or the state lacks, is an error. */
  private graphql(asked: Asked): unknown {
    const { query, variables } = JSON.parse(asked.body) as { query: string; variables: Json };
    const result = graphqlSync({
      schema: publishedSchema(),
      source: query,
      variableValues: variables,
      rootValue: this.root(),
    });
    assert.deepEqual(result.errors, undefined);
    return result;
  }

  private root(): unknown {
    const project = (board: GithubServer["boards"][number]) => ({
      __typename: "ProjectV2",
      id: board.id,
      title: board.title,
      field: {
        __typename: "ProjectV2SingleSelectField",
        id: `${board.id}-status`,
        options: board.lanes.map((name) => ({ id: `option-${name}`, name })),
      },
    });
    const items = (number: number) =>
      this.boards.flatMap((board) =>
        board.items
          .filter((item) => item.issue === number)
          .map((item) => ({
            id: item.id,
            project: project(board),
            fieldValueByName:
              item.lane === undefined
                ? null
                : { __typename: "ProjectV2ItemFieldSingleSelectValue", name: item.lane },
          })),
      );
    const boards = (owner: boolean) => ({
      nodes: this.boards.filter((board) => (board.owner ?? false) === owner).map(project),
    });
    return {
      repository: {
        issue: ({ number }: { number: number }) =>
          this.issues.some((issue) => issue["number"] === number)
            ? { id: `issue-${number}`, projectItems: { nodes: items(number) } }
            : null,
        projectsV2: () => boards(false),
        owner: { __typename: "Organization", projectsV2: () => boards(true) },
      },
      nodes: ({ ids }: { ids: string[] }) =>
        ids.map((id) =>
          this.comments.some((comment) => comment["node_id"] === id)
            ? { __typename: "IssueComment", id, viewerDidAuthor: this.ownComments.has(id) }
            : null,
        ),
      addProjectV2ItemById: ({ input }: { input: { projectId: string; contentId: string } }) => {
        const item = { id: `item-${input.contentId}`, issue: Number(input.contentId.slice("issue-".length)) };
        this.boards.find(({ id }) => id === input.projectId)?.items.push(item);
        this.written.push("add to project");
        return { item };
      },
      updateProjectV2ItemFieldValue: ({
        input,
      }: {
        input: { projectId: string; itemId: string; value: { singleSelectOptionId: string } };
      }) => {
        const item = this.boards
          .find(({ id }) => id === input.projectId)
          ?.items.find(({ id }) => id === input.itemId);
        if (item !== undefined) item.lane = input.value.singleSelectOptionId.slice("option-".length);
        this.written.push("move to lane");
        return { projectV2Item: { id: input.itemId } };
      },
    };
  }
}

const kinds = {
  run: {
    path: `${repo}/actions/runs`,
    method: "get",
    status: 200,
    pick: (whole: Json) => whole["workflow_runs"],
  },
  check: {
    path: `${repo}/commits/{ref}/check-runs`,
    method: "get",
    status: 200,
    pick: (whole: Json) => whole["check_runs"],
  },
  status: { path: `${repo}/commits/{ref}/status`, method: "get", status: 200, pick: (whole: Json) => whole },
  "one status": {
    path: `${repo}/commits/{ref}/status`,
    method: "get",
    status: 200,
    pick: (whole: Json) => whole["statuses"],
  },
  pull: { path: `${repo}/pulls/{pull_number}`, method: "get", status: 200, pick: withoutTeams },
  "listed pull": {
    path: `${repo}/commits/{commit_sha}/pulls`,
    method: "get",
    status: 200,
    pick: (whole: unknown) => withoutTeams((whole as Json[])[0] as Json),
  },
  review: {
    path: `${repo}/pulls/{pull_number}/reviews`,
    method: "get",
    status: 200,
    pick: (whole: Json) => whole,
  },
  release: { path: `${repo}/releases/tags/{tag}`, method: "get", status: 200, pick: (whole: Json) => whole },
  ref: { path: `${repo}/git/ref/{ref}`, method: "get", status: 200, pick: (whole: Json) => whole },
  tag: { path: `${repo}/git/tags/{tag_sha}`, method: "get", status: 200, pick: (whole: Json) => whole },
  issue: { path: `${repo}/issues`, method: "post", status: 201, pick: withoutRequest },
  comment: {
    path: `${repo}/issues/{issue_number}/comments`,
    method: "post",
    status: 201,
    pick: (whole: Json) => whole,
  },
  "found issue": {
    path: "/search/issues",
    method: "get",
    status: 200,
    pick: (whole: Json) => whole["items"],
  },
  deployment: { path: `${repo}/deployments`, method: "get", status: 200, pick: (whole: Json) => whole },
  "deployment status": {
    path: `${repo}/deployments/{deployment_id}/statuses`,
    method: "get",
    status: 200,
    pick: (whole: Json) => whole,
  },
} as const;

// The published example of a pull request has teams in an older form than the published schema.
function withoutTeams(whole: Json): Json {
  return { ...whole, requested_teams: [] };
}

// The published example of an issue is of one that is a pull request.
function withoutRequest(whole: Json): Json {
  return Object.fromEntries(Object.entries(whole).filter(([key]) => key !== "pull_request"));
}

const notFound: Answer = json(404, {
  message: "Not Found",
  documentation_url: "https://docs.github.com/rest",
});

function one(path: string, value: unknown): [string, unknown] | undefined {
  return value === undefined ? undefined : [path, value];
}

function json(status: number, body: unknown): Answer {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8" },
    body: JSON.stringify(body),
  };
}

let schema: GraphQLSchema | undefined;

function publishedSchema(): GraphQLSchema {
  return (schema ??= buildClientSchema(
    JSON.parse(
      readFileSync(join(packageRoot(), "node_modules/@octokit/graphql-schema/schema.json"), "utf8"),
    ) as IntrospectionQuery,
  ));
}
